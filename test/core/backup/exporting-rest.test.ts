import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { pauseForBackup, requirePauseHeld, resumeAfterBackup } from '../../../core/backup/exporting.ts';
import type { ExportingTarget } from '../../../core/components/zeebe/exporting-target.ts';
import { at, exportingOf, phases } from '../fake-cluster.ts';
import { failureOf, fakeHttp, json, noAnswer, type Reply, testContext } from '../fakes.ts';
import { holdLock, run, target as withoutRest } from './world.ts';

/** `GET /v2/exporting` beside, or instead of, what the brokers show. */
const rest = 'http://zeebe:8080';
const together = `GET ${rest}/v2/exporting`;
const partitions = `GET ${at.zeebe}/actuator/partitions`;
const target: ExportingTarget = { ...withoutRest, rest: { url: rest } };
const says = (status: string) => json(200, { status });
const hidden = json(404, { error: 'Not Found' });

async function setUp(replies: Record<string, Reply> = {}) {
  const state = { phase: 'EXPORTING' };
  const fake = fakeHttp({
    ...exportingOf(at.zeebe, state),
    [partitions]: hidden,
    [together]: () => says(state.phase),
    ...replies,
  });
  const context = testContext({ http: fake.http });
  await holdLock(context);
  const posts = () => fake.calls().filter((call) => call.startsWith('POST'));
  return { fake, context, posts };
}

describe('Where the brokers show nothing and REST shows all', () => {
  test('A pause and a resume are proven by REST, and the pause is seen to hold', async () => {
    const { context } = await setUp();
    assert.equal((await pauseForBackup(run, target, context)).pauseProof, 'proven');
    await requirePauseHeld(run, context);
    assert.equal((await context.ledger.readLock('production'))?.pause?.heldProof, 'proven');
    assert.deepEqual(await resumeAfterBackup(run, target, context), { resumed: 'proven' });
  });

  for (const status of ['PAUSED', 'SOFT_PAUSED', 'MIXED']) {
    test(`A pause of somebody else (${status}) that REST shows is refused`, async () => {
      const { context, posts } = await setUp({ [together]: says(status) });
      const error = await failureOf(pauseForBackup(run, target, context));
      assert.equal(error.name, 'ExportingAlreadyPaused');
      assert.match(error.message, new RegExp(`exporting is ${status} \\(${rest}/v2/exporting\\)`));
      assert.deepEqual(posts(), []);
    });
  }

  for (const status of ['EXPORTING', 'PAUSED', 'MIXED']) {
    test(`A pause after which REST shows ${status} is PauseFailed`, async () => {
      const { context } = await setUp({ [together]: [says('EXPORTING'), says(status)] });
      const error = await failureOf(pauseForBackup(run, target, context));
      assert.equal(error.name, 'PauseFailed');
      assert.match(error.message, new RegExp(`exporting is ${status}`));
    });
  }

  for (const status of ['EXPORTING', 'MIXED']) {
    test(`A pause that did not hold (${status}) is seen in REST`, async () => {
      const { fake, context } = await setUp();
      await pauseForBackup(run, target, context);
      fake.replies[together] = says(status);
      assert.equal((await failureOf(requirePauseHeld(run, context))).name, 'VerificationFailed');
    });
  }

  for (const status of ['SOFT_PAUSED', 'MIXED']) {
    test(`A resume after which REST shows ${status} is ResumeFailed`, async () => {
      const { fake, context } = await setUp();
      await pauseForBackup(run, target, context);
      fake.replies[together] = says(status);
      assert.equal((await failureOf(resumeAfterBackup(run, target, context))).name, 'ResumeFailed');
    });
  }

  for (const { what, answer } of [
    { what: 'does not answer', answer: noAnswer(rest) },
    { what: 'is not permitted', answer: json(403, {}) },
    { what: 'says another word', answer: says('DREAMING') },
  ] as const) {
    test(`A pause is not proven while REST ${what}, and is asked again`, async () => {
      const { context } = await setUp({ [together]: [says('EXPORTING'), answer] });
      const error = await failureOf(pauseForBackup(run, target, context));
      assert.equal(error.name, 'PauseFailed');
      assert.match(error.message, /not proven yet/);
    });
  }
});

describe('Where the brokers and REST show something', () => {
  test('A pause that the brokers contradict is PauseFailed, whatever REST shows', async () => {
    const { fake, context } = await setUp({
      [together]: [says('EXPORTING'), says('SOFT_PAUSED')],
      [partitions]: json(200, phases('EXPORTING', 'EXPORTING', 'EXPORTING')),
    });
    const error = await failureOf(pauseForBackup(run, target, context));
    assert.equal(error.name, 'PauseFailed');
    assert.match(error.message, /partition 1 is EXPORTING/);
    assert(fake.calls().includes(together));
  });

  test('A pause is proven by the brokers while REST does not answer', async () => {
    const { fake, context } = await setUp({ [together]: noAnswer(rest) });
    Object.assign(fake.replies, exportingOf(at.zeebe));
    assert.equal((await pauseForBackup(run, target, context)).pauseProof, 'proven');
  });
});

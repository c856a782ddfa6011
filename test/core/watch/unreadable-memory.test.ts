import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { at, exportingOf } from '../fake-cluster.ts';
import { fakeHttp, type TestContext, testContext } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { fakeExecutions, figureOf, look } from './world.ts';

const key = 'production/alerts.json';
const newer = JSON.stringify({ watchedSince: '2026-11-20T09:00:00.000Z', aFieldOfTheNextVersion: 1 });

/** A cluster that somebody has paused, and whose watchdog has left this. */
function setUp(memory: string) {
  const fake = fakeHttp(exportingOf(at.zeebe, { phase: 'SOFT_PAUSED' }));
  const yaml = `ledger: { folder: ./x }\nclusters:\n  production:\n    zeebe: { url: ${at.zeebe} }\n    maxAge: 1h\n`;
  const context = testContext({ yaml, http: fake.http });
  context.store.documents.set(key, memory);
  return { context, executions: fakeExecutions('gone') };
}
const kinds = ({ told }: TestContext) => told.map(({ kind }) => kind);
const copies = ({ store }: TestContext) =>
  [...store.documents].filter(([name]) => name.includes('unreadable'));

describe('A memory of the watchdog that cannot be read', () => {
  for (const text of ['{', newer]) {
    test(`A memory that cannot be read is set aside, and people are told: ${text.slice(0, 10)}`, async () => {
      const world = setUp(text);
      assert.equal((await look(world)).lock, 'free');
      assert.deepEqual(copies(world.context), [
        ['production/alerts.unreadable-20261121T090000000Z.json', text],
      ]);
      assert.deepEqual(kinds(world.context), ['watchdogFailing']);
      const [told] = world.context.told;
      assert.match(
        told?.reason ?? '',
        /^What the watchdog remembers of production could not be read: memory:/,
      );
      assert.match(
        told?.reason ?? '',
        /only in the copy memory:production\/alerts\.unreadable-20261121T0900/,
      );
      await look(world);
      assert.equal(world.context.told.length, 1);
    });
  }

  test('A memory that cannot be read keeps neither a missing backup nor an unexplained pause from being told', async () => {
    const world = setUp('{');
    await look(world);
    world.context.clock.advance(3601);
    await look(world);
    assert.deepEqual(kinds(world.context), ['watchdogFailing', 'noRecentBackup', 'exportingLeftPaused']);
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 3601);
  });

  test('A memory that could not be read is told by the next look where people could not be told', async () => {
    const world = setUp('{');
    const mute = { ...world.context, tell: async () => Promise.reject(new Error('no topic')) };
    await assert.rejects(look({ ...world, context: mute }), /no topic/);
    await look(world);
    assert.deepEqual(kinds(world.context), ['watchdogFailing']);
    assert.equal(copies(world.context).length, 1);
  });

  test('A memory that cannot be read stays where no copy of it can be kept, and the look fails', async () => {
    const world = setUp('{');
    world.context.store.before = (call) => {
      if (call.startsWith('create')) ledgerTrouble(call);
    };
    await assert.rejects(look(world), /alerts\.json is not a document/);
    assert.equal(world.context.store.documents.get(key), '{');
  });

  test('A memory that cannot be read is begun anew once by two looks at the same moment', async () => {
    const world = setUp('{');
    await Promise.all([look(world), look(world)]);
    assert.equal(copies(world.context).length, 1);
    const memory = await world.context.ledger.readMemory('production');
    assert.equal(memory?.untold, undefined);
  });
});

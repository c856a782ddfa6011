import assert from 'node:assert/strict';
import { beforeAll, describe, test } from '@jest/globals';
import type { Manifest } from '../../core/ledger/manifest.ts';
import { componentNames } from '../../simulator/index.ts';
import { backup } from '../../statemachine/backup-procedure.ts';
import { allManifests } from '../support/all-manifests.ts';
import {
  type Case,
  cases,
  isManifest,
  isPaused,
  isResumeProven,
  type Moment,
  onAfter,
} from './death-cases.ts';
import { assertCode, type Bench, bench } from './harness.ts';
import { killAt, type Sign } from './kill.ts';

/**
 * `camunda-backup run` is killed before and after each state of the state machine, and the next command has to put
 * right what it left. The cluster stands still at a call, the ledger at a change (ledger-gate.ts), so that the process
 * dies there and not about there.
 */

/** So short that the next run never finds an application that is busy with the dead run's backup. */
const atOnce = 0.05;
const durations = {
  webApplications: atOnce,
  operate: atOnce,
  tasklist: atOnce,
  optimize: atOnce,
  records: atOnce,
  zeebe: atOnce,
};

test('A death is tried before and after every state that calls a function, in both orders', () => {
  const tried = (wanted: string) =>
    cases
      .filter(({ when }) => when === wanted)
      .map(({ camunda, state }) => `${camunda} ${state}`)
      .sort();
  // TellFailure comes where the ledger takes nothing, and leaves nothing that RecordFailure has not left.
  const states = backup.tasks.map(({ state }) => state).filter((state) => state !== 'TellFailure');
  const wanted = states.flatMap((state) => [`8.7 ${state}`, `8.8 ${state}`]).sort();
  assert.deepEqual(tried('before'), wanted);
  assert.deepEqual(tried('after'), wanted);
});

/** So many die in one process, which costs more than what they do in it. */
const together = 36;
const parts = Array.from({ length: Math.ceil(cases.length / together) }, (_, part) =>
  cases.slice(part * together, (part + 1) * together),
);

for (const [part, dying] of parts.entries()) {
  describe(`A run that is killed (${part + 1} of ${parts.length})`, () => {
    const ends = new Map<Case, PromiseSettledResult<void>>();

    beforeAll(async () => {
      const worlds = await Promise.all(
        dying.map(async (one) => {
          const on = await bench({ camunda: one.camunda, durations });
          if (one.course.zeebe) on.simulator.order(one.course.zeebe);
          return { one, on };
        }),
      );
      await killAt(
        worlds.map(({ one: { sign, state }, on }) => ({
          on,
          sign,
          waits: state === 'DeleteFailedBackup' ? 'as-written' : 'short',
        })),
      );
      // Side by side: what comes next waits nearly all the time.
      const settled = await Promise.allSettled(worlds.map(({ one, on }) => assertNext(on, one)));
      for (const [index, end] of settled.entries()) {
        const world = worlds[index];
        if (world) ends.set(world.one, end);
      }
    });

    for (const one of dying) {
      const { camunda, state, when, repair } = one;
      const place = when === 'before' || when === 'after' ? `${when} ${state}` : `in ${state}, ${when}`;
      const remedy = repair ? '`repair`' : 'The next run';
      test(`${remedy} puts right what a run of Camunda ${camunda} left when it was killed ${place}`, () =>
        assertWell(ends.get(one)));
    }
  });
}

function assertWell(end: PromiseSettledResult<void> | undefined): void {
  assert.ok(end);
  if (end.status === 'rejected') throw end.reason;
}

/** What comes after a death puts everything right. */
async function assertNext(on: Bench, one: Case): Promise<void> {
  on.simulator.clearFaults();
  assert.equal(isPaused(on), one.paused, 'it did not die where the test thinks it did');
  if (one.repair) {
    assertCode(await on.repair().ended, 0);
    await assertPutRight(on, await manifests(on), one);
  }
  await assertNextCompletes(on, one);
}

describe('A run that is killed while it puts right what another left', () => {
  const moments: Record<string, Sign> = {
    'before the resume': { asks: 'zeebe.resume' },
    'after the resume': onAfter(isResumeProven),
    'after it marked the manifest FAILED': onAfter(isManifest('FAILED')),
  };
  const ends = new Map<string, PromiseSettledResult<void>>();

  beforeAll(async () => {
    const dying = Object.entries(moments).map(([when, sign]) => ({ when, sign }));
    const worlds = await Promise.all(dying.map(async (one) => ({ ...one, on: await bench({ durations }) })));
    await killAt(worlds.map(({ on }) => ({ on, sign: { asks: 'webApplications.check' }, waits: 'short' })));
    await killAt(worlds.map(({ on, sign }) => ({ on, sign, waits: 'short' })));
    for (const { on } of worlds) on.simulator.clearFaults();
    const settled = await Promise.allSettled(worlds.map(({ on }) => assertNextCompletes(on, {})));
    for (const [index, end] of settled.entries()) {
      const world = worlds[index];
      if (world) ends.set(world.when, end);
    }
  });

  for (const when of Object.keys(moments)) {
    test(`The next run completes where one that put right what another left was killed ${when}`, () =>
      assertWell(ends.get(when)));
  }
});

/** The next run puts everything right and completes. */
async function assertNextCompletes(on: Bench, left: Pick<Moment, 'leaves'>): Promise<void> {
  const next = await on.run().ended;
  assertCode(next, 0);
  const { state, backupId } = next.json();
  assert.equal(state, 'COMPLETED');
  const all = await manifests(on);
  const last = all.at(-1);
  assert.equal(last?.backupId, backupId);
  assert.equal(last?.state, 'COMPLETED');
  const simulated = componentNames.filter((component) => last.expectedComponents.includes(component));
  assert.equal(simulated.length, last.expectedComponents.length);
  for (const component of simulated) {
    const word = component === 'records' ? 'SUCCESS' : 'COMPLETED';
    assert.equal(on.simulator.backupState(component, last.backupId), word, component);
  }
  const dead = all.slice(0, -1);
  await assertPutRight(on, dead, left);
  assert.ok(dead.every(({ runId }) => runId !== last.runId));
  // Whatever the dead run had asked for is below, also what its manifest does not name.
  for (const component of componentNames) {
    const above: number[] = on.simulator.backupIds(component).filter((id) => id > last.backupId);
    assert.deepEqual(above, [], component);
  }
}

/** Oldest first. */
async function manifests(on: Bench): Promise<Manifest[]> {
  return (await allManifests(on.ledger, 'test')).reverse();
}

async function assertPutRight(
  on: Bench,
  dead: Manifest[],
  { leaves }: Pick<Moment, 'leaves'>,
): Promise<void> {
  await on.assertAllIsWell({ byKilled: true });
  assert.deepEqual(new Set(on.simulator.exporterPhases().map(({ phase }) => phase)), new Set(['EXPORTING']));
  if (leaves === 'nothing') assert.deepEqual(dead, []);
  else assert.notDeepEqual(dead, []);
  for (const one of dead) {
    assert.equal(one.state, leaves ?? 'FAILED');
    if (one.state === 'FAILED') assert.ok(one.failure?.message, 'a reason');
    assert.equal(one.exporting.leftPaused, false);
  }
  // Sorted by id: the order in which they began must be the same.
  const began = dead.map(({ startedAt }) => startedAt);
  assert.deepEqual(began, began.toSorted());
}

import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import type { Alive } from '../../../../core/ledger/lock/owner.ts';
import { goOnWithIt } from '../../../../core/ledger/lock/purpose.ts';
import { readHeldLock, waysToResume } from '../../../../core/ledger/lock/ways-to-resume.ts';
import { at } from '../../fake-cluster.ts';
import { someOwner, testContext } from '../../fakes.ts';

const byHand = `By hand: curl -X POST ${at.zeebe}/actuator/exporting/resume (the "status" in the answer must be 204).`;
const unneeded = 'Find out who paused it. If nobody needs the pause, resume exporting.';
const never = 'If that command can never run again and nobody needs the pause, resume exporting.';
const newer = 'If a newer camunda-backup wrote it, use that one.';
const repair = 'camunda-backup repair --cluster production';
const ifDead = `It is not visible from here whether the owner still runs. If you know that it does not, run: ${repair} --force`;
const waitForRun = 'Wait for it, or end it (Ctrl-C, SIGTERM): it resumes exporting before it ends.';
const frees = 'this command resumes exporting, keeps a copy of the lock and frees it';

/** The ways to end a pause beside a lock, which has `change` in it. */
async function ways(change: object, alive: Alive): Promise<string[]> {
  const context = testContext();
  const lock = {
    format: 2,
    cluster: 'production',
    runId: 'run-1',
    purpose: 'backup',
    owner: someOwner,
    reason: 'test',
    acquiredAt: '2026-11-21T09:00:00.000Z',
  };
  context.store.documents.set('production/lock.json', JSON.stringify({ ...lock, ...change }));
  const held = await readHeldLock('production', context, async () => alive);
  assert(held);
  return waysToResume('production', { url: at.zeebe }, context.commands, { lock: held });
}

describe('The ways to end a pause that no run explains', () => {
  for (const { what, change = {}, alive, expected } of [
    { what: 'a backup that is alive', alive: 'alive', expected: [waitForRun] },
    { what: 'a backup that may be alive', alive: 'unknown', expected: [ifDead, unneeded, byHand] },
    { what: 'a backup that is gone', alive: 'gone', expected: [`Run: ${repair}`, unneeded, byHand] },
    {
      what: 'a deletion that is alive',
      change: { purpose: 'delete' },
      alive: 'alive',
      expected: ['Wait for it.', unneeded, byHand],
    },
    {
      what: 'a deletion that is gone',
      change: { purpose: 'delete' },
      alive: 'gone',
      expected: [`Run: ${repair}`, unneeded, byHand],
    },
    ...['restore', 'rebalance'].flatMap((purpose) => [
      {
        what: `the purpose ${purpose}, whose command is alive`,
        change: { purpose },
        alive: 'alive' as const,
        expected: [`Wait for it. ${goOnWithIt}`],
      },
      ...(['unknown', 'gone'] as const).map((alive) => ({
        what: `the purpose ${purpose}, whose command is ${alive}`,
        change: { purpose },
        alive,
        expected: [goOnWithIt, never, byHand],
      })),
    ]),
    {
      what: 'a backup of a later format',
      change: { format: 3 },
      alive: 'unknown',
      expected: [`${newer} Otherwise ${frees}: ${repair} --force`, byHand],
    },
    {
      what: 'a backup of a later format that is alive',
      change: { format: 3 },
      alive: 'alive',
      expected: [waitForRun],
    },
    {
      what: 'a restore of a later format',
      change: { format: 3, purpose: 'restore' },
      alive: 'unknown',
      expected: [`${newer} ${goOnWithIt}`, never, byHand],
    },
    {
      what: 'a restore of a later format that is alive',
      change: { format: 3, purpose: 'restore' },
      alive: 'alive',
      expected: [`Wait for it. ${goOnWithIt}`],
    },
    {
      what: 'a restore whose owner only a later version knows',
      change: { purpose: 'restore', owner: { kind: 'pod' } },
      alive: 'unknown',
      expected: [`${newer} ${goOnWithIt}`, never, byHand],
    },
  ] satisfies { what: string; change?: object; alive: Alive; expected: string[] }[]) {
    test(`The ways are those that the lock leaves, where it is held for ${what}`, async () => {
      assert.deepEqual(await ways(change, alive), expected);
    });
  }

  test('The command that ends such a pause is advised only if nobody holds the lock and the ledger knows the cluster', async () => {
    const context = testContext();
    assert.equal(await readHeldLock('production', context), undefined);
    const [command, ...others] = waysToResume('production', { url: at.zeebe }, context.commands, {
      lock: undefined,
    });
    assert.match(command ?? '', /end it: camunda-backup repair --cluster production --resume-unexplained$/);
    assert.deepEqual(others, [byHand]);
    const empty = { lock: undefined, isLedgerEmpty: true };
    assert.deepEqual(waysToResume('production', { url: at.zeebe }, context.commands, empty), [
      'Find out who paused it: it may be a run whose ledger is another one.',
      byHand,
    ]);
  });
});

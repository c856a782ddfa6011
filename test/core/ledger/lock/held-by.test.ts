import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { heldBy } from '../../../../core/ledger/lock/held-by.ts';
import { typed } from '../../fakes.ts';
import { lockOf } from '../ledger-world.ts';

const repair = 'Run: camunda-backup repair --cluster production';
const force =
  /^It is not visible from here whether the owner still runs.*, run: camunda-backup repair --cluster production --force$/;
const only = /^Only the command that took this lock can continue or give it up/;

describe('What people are told of a lock that somebody holds', () => {
  for (const { purpose, who, whoOfSeven, remedies } of [
    {
      purpose: 'backup',
      who: 'a run',
      whoOfSeven: 'the backup 7',
      remedies: { alive: /^Wait for it, or end it .*resumes exporting/, gone: repair, unknown: force },
    },
    {
      purpose: 'delete',
      who: 'a deletion',
      whoOfSeven: 'the deletion of the backup 7',
      remedies: { alive: 'Wait for it.', gone: repair, unknown: force },
    },
    {
      purpose: 'restore',
      who: 'a restore',
      whoOfSeven: 'the restore of the backup 7',
      remedies: { alive: /^Wait for it\. Only the command/, gone: only, unknown: only },
    },
    {
      purpose: 'rebalance',
      who: 'a run for the purpose "rebalance"',
      whoOfSeven: 'a run for the purpose "rebalance" of the backup 7',
      remedies: { alive: /^Wait for it\. Only the command/, gone: only, unknown: only },
    },
  ]) {
    test(`A lock for the purpose ${purpose} is told with who holds it and what may be done about that`, () => {
      const lock = { ...lockOf('run-1'), purpose };
      for (const alive of ['alive', 'gone', 'unknown'] as const) {
        const { name, message, remedy = '' } = heldBy(lock, alive, typed);
        assert.equal(name, 'LockHeld');
        assert.ok(message.startsWith(`The lock of production is held by ${who} (run-1, `), message);
        const expected = remedies[alive];
        if (typeof expected === 'string') assert.equal(remedy, expected);
        else assert.match(remedy, expected);
      }
      assert.match(
        heldBy({ ...lock, backupId: 7 }, 'gone', typed).message,
        new RegExp(` by ${whoOfSeven} \\(`),
      );
    });
  }

  test('A backup in an execution is named once, and is ended with a command, since no signal reaches it', () => {
    const arn = 'arn:aws:states:eu-central-1:123456789012:execution:backup:production-1';
    const lock = { ...lockOf(arn), owner: { kind: 'execution' as const, arn } };
    const { message, remedy } = heldBy(lock, 'alive', typed);
    assert.equal(message, `The lock of production is held by a run (${arn}) since 2026-11-21T09:00:00.000Z.`);
    assert.equal(
      remedy,
      `Wait for it, or end it, and the watchdog of its stack then resumes exporting: aws stepfunctions stop-execution --region eu-central-1 --execution-arn ${arn}`,
    );
  });
});

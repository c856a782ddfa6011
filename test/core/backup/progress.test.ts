import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { afterLook, type Limits, type Progress } from '../../../core/backup/progress.ts';
import type { ComponentStatus, Part } from '../../../core/components/component.ts';
import { BackupError } from '../../../core/errors.ts';
import { often, sparing } from '../../../core/pacing.ts';
import { thrownBy } from '../fakes.ts';

const start = Date.parse('2026-11-21T09:00:00.000Z');
const limits: Limits = { patienceSeconds: 300, timeoutSeconds: 3600, maxPauseSeconds: 3600 };

const fresh: Progress = {
  state: 'IN_PROGRESS',
  startedAt: new Date(start).toISOString(),
  nextCheckAt: new Date(start + 1000).toISOString(),
  partsDone: 0,
};

function parts(...states: string[]): Part[] {
  return states.map((state, index) => ({ name: `part ${index + 1}`, state }));
}

function status(state: ComponentStatus['state'], rest: Partial<ComponentStatus> = {}): ComponentStatus {
  return { state, parts: parts('SUCCESS', 'SUCCESS'), expectedParts: 2, ...rest };
}

function look(seen: ComponentStatus | BackupError, seconds: number, before = fresh): Progress {
  const now = start + seconds * 1000;
  return afterLook({ component: 'operate', seen, before, now, limits, pacing: sparing });
}

const trouble = new BackupError('ServerTrouble', 'Operate answered GET … with 502', { status: 502 });

describe('The state COMPLETED', () => {
  test('COMPLETED is the end when every part is there and good', () => {
    assert.deepEqual(look(status('COMPLETED'), 60), {
      state: 'COMPLETED',
      startedAt: fresh.startedAt,
      nextCheckAt: '2026-11-21T09:01:00.000Z',
      partsDone: 2,
      partsExpected: 2,
    });
  });

  test('COMPLETED is believed where the number of parts is not known, if there is one', () => {
    assert.equal(look(status('COMPLETED', { expectedParts: undefined }), 60).partsExpected, 2);
  });

  for (const { what, rest, says } of [
    { what: 'a part is missing', rest: { expectedParts: 3 }, says: /2 of 3 parts/ },
    { what: 'there is a part too many', rest: { expectedParts: 1 }, says: /2 of 1 parts/ },
    { what: 'a part is PARTIAL', rest: { parts: parts('SUCCESS', 'PARTIAL') }, says: /part 2 is PARTIAL/ },
    {
      what: 'a part is still running',
      rest: { parts: parts('IN_PROGRESS', 'SUCCESS') },
      says: /part 1 is IN_PROGRESS/,
    },
    {
      what: 'there is no part at all',
      rest: { parts: [], expectedParts: undefined },
      says: /0 of unknown parts/,
    },
  ] as const) {
    test(`COMPLETED is not believed when ${what}`, async () => {
      const error = await thrownBy(() => look(status('COMPLETED', rest as Partial<ComponentStatus>), 60));
      assert.equal(error.name, 'VerificationFailed');
      assert.match(error.message, /^Operate says that its backup is COMPLETED/);
      assert.match(error.message, says);
    });
  }

  test('COMPLETED is the end also after the time limit: it is complete', () => {
    assert.equal(look(status('COMPLETED'), 7200).state, 'COMPLETED');
  });
});

describe('The states FAILED and INCOMPATIBLE', () => {
  test('FAILED and INCOMPATIBLE end the backup at once, with the reason', async () => {
    const error = await thrownBy(() => look(status('FAILED', { failureReason: ' disk full\n' }), 5));
    assert.equal(error.name, 'ComponentBackupFailed');
    assert.equal(error.message, 'Operate says that its backup is FAILED: disk full');
  });

  test('FAILED names the failure of a part where the component has none of its own', async () => {
    const broken: Part = { name: 'part 1', state: 'FAILED', failure: 'shard 0 failed' };
    const error = await thrownBy(() => look(status('INCOMPATIBLE', { parts: [broken] }), 5));
    assert.equal(error.message, 'Operate says that its backup is INCOMPATIBLE: shard 0 failed');
  });
});

describe('The state IN_PROGRESS', () => {
  test('IN_PROGRESS goes on, with the parts that are done and the time of the next look', () => {
    const seen = status('IN_PROGRESS', { parts: parts('SUCCESS', 'IN_PROGRESS'), expectedParts: 6 });
    assert.deepEqual(look(seen, 80), {
      state: 'IN_PROGRESS',
      startedAt: fresh.startedAt,
      nextCheckAt: '2026-11-21T09:01:30.000Z',
      looks: 1,
      partsDone: 1,
      partsExpected: 6,
    });
  });

  test('IN_PROGRESS waits as the pacing says', () => {
    const seen = status('IN_PROGRESS');
    const next = afterLook({ component: 'operate', seen, before: fresh, now: start, limits, pacing: often });
    assert.equal(next.nextCheckAt, '2026-11-21T09:00:00.250Z');
  });

  test('IN_PROGRESS counts its looks, from none where an older version did not count them', () => {
    const seen = status('IN_PROGRESS');
    const looks = [look(seen, 10), look(seen, 10, { ...fresh, looks: 7 })].map((next) => next.looks);
    assert.deepEqual(looks, [1, 8]);
  });

  test('IN_PROGRESS is looked at when its time limit has just passed, and few times before if it has used up its looks', () => {
    const seen = status('IN_PROGRESS');
    assert.equal(look(seen, 3590).nextCheckAt, '2026-11-21T10:00:01.000Z');
    const restless = { ...fresh, looks: 100, unsettledSince: fresh.startedAt };
    assert.equal(look(status('INCOMPLETE'), 60, restless).nextCheckAt, '2026-11-21T09:01:20.000Z');
  });

  test('IN_PROGRESS ends after the time limit', async () => {
    assert.equal(look(status('IN_PROGRESS'), 3600).state, 'IN_PROGRESS');
    const error = await thrownBy(() => look(status('IN_PROGRESS'), 3601));
    assert.equal(error.name, 'ComponentTimedOut');
    assert.match(error.message, /Operate was not complete after 1 h 00 min/);
  });

  test('IN_PROGRESS forgets that the backup was unsettled before', () => {
    const before = { ...fresh, unsettledSince: fresh.startedAt, remark: 'INCOMPLETE' };
    const next = look(status('IN_PROGRESS'), 299, before);
    assert.equal(next.unsettledSince, undefined);
    assert.equal(next.remark, undefined);
  });
});

describe('The state INCOMPLETE', () => {
  const gap = status('INCOMPLETE', { parts: parts('SUCCESS'), expectedParts: 6 });

  test('INCOMPLETE between two parts is no end', () => {
    const next = look(gap, 10);
    assert.equal(next.state, 'IN_PROGRESS');
    assert.equal(next.unsettledSince, '2026-11-21T09:00:10.000Z');
    assert.equal(next.remark, 'INCOMPLETE');
    assert.equal(next.partsDone, 1);
  });

  test('INCOMPLETE that flaps with IN_PROGRESS for longer than the patience is no end', () => {
    let progress = fresh;
    for (let second = 10; second < 1200; second += 100) {
      progress = look(gap, second, progress);
      progress = look(status('IN_PROGRESS', { parts: parts('SUCCESS') }), second + 50, progress);
    }
    assert.equal(progress.state, 'IN_PROGRESS');
  });

  test('INCOMPLETE with one more part at every look is no end: it moves', () => {
    let progress = fresh;
    for (let done = 1; done <= 5; done++) {
      const states = Array.from({ length: done }, () => 'SUCCESS');
      progress = look(
        status('INCOMPLETE', { parts: parts(...states), expectedParts: 6 }),
        done * 280,
        progress,
      );
    }
    assert.equal(progress.partsDone, 5);
  });

  test('INCOMPLETE for as long as the patience is an end', async () => {
    const since = look(gap, 10);
    assert.equal(look(gap, 309, since).unsettledSince, since.unsettledSince);
    const error = await thrownBy(() => look(gap, 310, since));
    assert.equal(error.name, 'ComponentBackupFailed');
    assert.match(error.message, /^Operate has been INCOMPLETE for 5 min 00 s/);
  });
});

describe('An id that the component does not know', () => {
  const absent = status('ABSENT', { parts: [], expectedParts: undefined });

  test('An unknown id is no end just after the start', () => {
    assert.equal(look(absent, 1).remark, 'ABSENT');
  });

  test('An unknown id is an end when it lasts', async () => {
    const error = await thrownBy(() => look(absent, 301, look(absent, 1)));
    assert.equal(error.name, 'ComponentBackupInterrupted');
    assert.match(error.message, /Operate does not know the backup that it accepted for 5 min 00 s/);
    assert.match(error.remedy ?? '', /back up again/);
  });
});

test('A backup that ended for a reason that passes has another error than one that did not', async () => {
  for (const { failureReason, name, remedy } of [
    {
      failureReason: 'Backup is cancelled due to leader change.',
      name: 'ComponentBackupInterrupted',
      remedy: /^A broker restarted or lost its leadership/,
    },
    { failureReason: 'No space left on device', name: 'ComponentBackupFailed', remedy: /^A disk is full/ },
    { failureReason: 'nothing that is known', name: 'ComponentBackupFailed', remedy: /^See the log/ },
  ] as const) {
    const seen = status('FAILED', { failureReason });
    const error = await thrownBy(() => look(seen, 1));
    assert.equal(error.name, name);
    assert.match(error.remedy ?? '', remedy);
  }
});

test('A state that is not known fails the backup only when it lasts, with the word and what to do', async () => {
  const failureReason = 'its state is ARCHIVING, which is not known here';
  const strange = status('UNKNOWN', { parts: [], expectedParts: 6, failureReason });
  const one = { component: 'operate', limits, pacing: sparing } as const;
  const next = afterLook({ ...one, seen: strange, before: fresh, now: start + 1000 });
  assert.equal(next.state, 'IN_PROGRESS');
  const later = start + 1000 * (limits.patienceSeconds + 2);
  const error = await thrownBy(() => afterLook({ ...one, seen: strange, before: next, now: later }));
  assert.equal(error.name, 'ComponentBackupFailed');
  assert.match(
    error.message,
    /^Operate has been UNKNOWN: its state is ARCHIVING, which is not known here for /,
  );
  assert.match(error.remedy ?? '', /newer version/);
});

describe('A look at what is unsettled', () => {
  const long = { ...limits, timeoutSeconds: 24 * 3600, maxPauseSeconds: 3600 };
  const lookLate = (seen: ComponentStatus | BackupError, seconds: number, before = fresh) =>
    afterLook({
      component: 'operate',
      seen,
      before,
      now: start + seconds * 1000,
      limits: long,
      pacing: sparing,
    });
  const waitOf = ({ nextCheckAt }: Progress, seconds: number) =>
    (Date.parse(nextCheckAt) - start) / 1000 - seconds;

  for (const { what, seen } of [
    { what: 'an error', seen: trouble },
    { what: 'INCOMPLETE', seen: status('INCOMPLETE', { parts: [], expectedParts: 6 }) },
    { what: 'an unknown id', seen: status('ABSENT', { parts: [], expectedParts: undefined }) },
  ] as const) {
    test(`A look is repeated within a tenth of the patience, also two hours after the start, at ${what}`, () => {
      const next = lookLate(seen, 7200);
      assert(waitOf(next, 7200) <= 30, `${waitOf(next, 7200)} s`);
      assert(waitOf(next, 7200) >= 1);
    });
  }

  test('What is unsettled is seen several times before it counts', async () => {
    let progress = lookLate(trouble, 7200);
    let looks = 1;
    for (;;) {
      const seconds = (Date.parse(progress.nextCheckAt) - start) / 1000;
      const before = progress;
      const outcome = await thrownBy(() => {
        progress = lookLate(trouble, seconds, before);
      }).catch(() => undefined);
      if (outcome) break;
      looks += 1;
    }
    assert(looks >= 10, `${looks} looks`);
  });

  test('A server that takes long to answer has its rest, and is seen several times before trouble counts', () => {
    const seen = status('INCOMPLETE', { parts: [], expectedParts: 6 });
    const now = start + 7200 * 1000;
    const slow = (lookSeconds: number) =>
      afterLook({ component: 'operate', seen, before: fresh, now, limits: long, lookSeconds, pacing: often });
    assert.equal(waitOf(slow(7), 7200), 70);
    assert.equal(waitOf(slow(60), 7200), limits.patienceSeconds / 4);
  });

  test('What was unsettled is no reason to hurry where all is well', () => {
    const next = lookLate(status('IN_PROGRESS'), 7200);
    assert(waitOf(next, 7200) > 30, `${waitOf(next, 7200)} s`);
  });

  test('A look at what is unsettled never comes sooner than a step', () => {
    const next = afterLook({
      component: 'operate',
      seen: trouble,
      before: fresh,
      now: start + 3000 * 1000,
      limits: { ...limits, patienceSeconds: 5 },
      pacing: { ...sparing, stepSeconds: 2, unitSeconds: 2 },
    });
    assert.equal(waitOf(next, 3000), 2);
  });
});

describe('An error instead of a status', () => {
  test('An error is no end while it is young, and what was known stays known', () => {
    const before = { ...fresh, partsDone: 3, partsExpected: 6 };
    const next = look(trouble, 20, before);
    assert.equal(next.state, 'IN_PROGRESS');
    assert.equal(next.remark, trouble.message);
    assert.equal(next.partsDone, 3);
    assert.equal(next.partsExpected, 6);
  });

  test('An error that lasts is thrown as it is', async () => {
    const error = await thrownBy(() => look(trouble, 320, look(trouble, 20)));
    assert.equal(error, trouble);
  });

  test('An error and INCOMPLETE in turns count together', async () => {
    const since = look(trouble, 20);
    const error = await thrownBy(() => look(status('INCOMPLETE', { parts: [] }), 320, since));
    assert.equal(error.name, 'ComponentBackupFailed');
  });

  test('An error does not outlive the time limit', async () => {
    const error = await thrownBy(() => look(trouble, 3601));
    assert.equal(error.name, 'ComponentTimedOut');
  });

  for (const final of [
    new BackupError('RequestRefused', 'Operate answered GET … with 401', { status: 401 }),
    new BackupError('RequestRefused', 'Operate answered GET … with 403', { status: 403 }),
    new BackupError('SecretUnavailable', 'The environment variable X is not set'),
    new BackupError('LockLost', 'Somebody else has it'),
    new BackupError('VerificationFailed', 'Exporting was resumed during the backup, but not by this run'),
  ]) {
    test(`An error is final that does not mend itself: ${final.name} ${final.status ?? ''}`, async () => {
      assert.equal(await thrownBy(() => look(final, 1)), final);
    });
  }
});

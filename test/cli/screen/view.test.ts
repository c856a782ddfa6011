import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { type Observation, seenIn } from '../../../cli/screen/observation.ts';
import { plainDisplay } from '../../../cli/screen/plain-display.ts';
import { isComplete, newView, pausedSeconds, type RunView } from '../../../cli/screen/view.ts';
import { apply } from '../../../cli/screen/view-changes.ts';
import type { Plan } from '../../../core/backup/plan.ts';
import { target } from '../../core/backup/world.ts';
import { written } from '../../support/written.ts';

const planOf = (backupId: number): Plan => ({
  outcome: 'PLANNED',
  run: { cluster: 'production', backupId, runId: 'run-1' },
  reason: 'test',
  attempt: 1,
  attempts: 2,
  order: 'PAUSE_FIRST',
  exporting: target,
  applications: [],
  records: [],
  zeebe: [{ kind: 'zeebe', component: 'zeebe', url: target.url, path: 'backupRuntime', partitions: 3 }],
  limits: { patienceSeconds: 300, timeoutSeconds: 3600, maxPauseSeconds: 3600 },
});

type What = { output: unknown } | { error: Error };

/** What a state's function answered or threw, at this second. */
interface Seen {
  seconds: number;
  state: string;
  of: string;
  what: What;
}

const leaderChange = Object.assign(new Error('There was a leader change\nWhat to do: Back up again.'), {
  name: 'ComponentBackupFailed',
});
const input = { target: { component: 'zeebe' } };
const progress = (state: 'IN_PROGRESS' | 'COMPLETED') => ({
  progress: {
    state,
    startedAt: '2026-11-21T09:00:00.000Z',
    nextCheckAt: '2026-11-21T09:00:00.000Z',
    partsDone: state === 'COMPLETED' ? 3 : 0,
  },
});

/** Of a state that has the name of its function. */
const seen = (seconds: number, state: string, what: What): Seen => ({ seconds, state, of: state, what });
const prepared = (seconds: number, backupId: number) =>
  seen(seconds, 'PrepareBackup', { output: planOf(backupId) });
const paused = (seconds: number) => seen(seconds, 'PauseExporting', { output: {} });
const zeebe = (seconds: number, what: What): Seen => ({
  seconds,
  state: 'CheckZeebeBackup',
  of: 'CheckComponentBackup',
  what,
});
const resumed = (seconds: number, state = 'ResumeExporting', how = 'proven'): Seen => ({
  seconds,
  state,
  of: 'ResumeExporting',
  what: { output: { resumed: how } },
});
const recorded = (seconds: number, outcome: 'TRY_AGAIN' | 'FAILED') =>
  seen(seconds, 'RecordFailure', { output: { outcome } });

function observations(all: Seen[]): Observation[] {
  return all.flatMap(({ seconds, state, of, what }): Observation[] => {
    const about = { state, function: of, at: seconds * 1000, input };
    // Only a component's call names one.
    const call = of === 'CheckComponentBackup' ? about : { ...about, input: {} };
    const called: Observation = { ...call, type: 'called' };
    if ('error' in what) return [called, { ...call, type: 'threw', error: what.error }];
    return [called, { ...call, type: 'answered', output: what.output }];
  });
}

/** Frozen, as a view must not be changed by what is seen after it. */
function frozen(view: RunView): RunView {
  const { steps, earlier } = view;
  const repeats = steps.map((step) => step.repeats ?? {});
  for (const part of [...repeats, ...steps, ...earlier, steps, earlier, view]) Object.freeze(part);
  return view;
}

const after = (view: RunView, observation: Observation) => frozen(apply(view, seenIn(observation)));

function viewOf(...all: Seen[]): RunView {
  return observations(all).reduce(after, frozen(newView('production')));
}

const firstTry = [
  prepared(0, 7),
  paused(1),
  zeebe(2, { error: leaderChange }),
  resumed(11, 'ResumeExportingAfterFailure'),
  recorded(12, 'TRY_AGAIN'),
];

test('A run whose failure came after COMPLETED was written is complete, with the answer that says so', () => {
  const late = Object.assign(new Error('It did not answer within 90 s'), { name: 'States.Timeout' });
  const completed = { backupId: 7, cluster: 'production', state: 'COMPLETED', manifest: 'x' };
  const view = viewOf(
    prepared(0, 7),
    paused(1),
    zeebe(2, { output: progress('COMPLETED') }),
    resumed(11),
    seen(101, 'CompleteBackup', { error: late }),
    seen(102, 'RecordFailure', { output: { outcome: 'COMPLETED', completed } }),
  );
  assert.equal(isComplete(view), true);
  assert.equal(view.failureRecorded, false);
  assert.equal(view.failure, undefined);
  assert.deepEqual(view.completed, completed);
});

describe('A run that is tried again', () => {
  test('A run that is tried again keeps of the first try its id, why it failed and how long it was paused', () => {
    const view = viewOf(...firstTry);
    assert.deepEqual(view.earlier, [
      { backupId: 7, message: 'There was a leader change', pausedSeconds: 10 },
    ]);
  });

  test('A run that is tried again begins anew in everything but what it keeps of the first try', () => {
    const { earlier, ...rest } = viewOf(...firstTry);
    assert.equal(earlier.length, 1);
    assert.deepEqual({ ...rest, earlier: [] }, newView('production'));
  });

  test('A run that is tried again shows the second try as if it were the only one', () => {
    const view = viewOf(
      ...firstTry,
      prepared(70, 8),
      paused(71),
      zeebe(72, { output: progress('COMPLETED') }),
    );
    assert.equal(view.plan?.run.backupId, 8);
    assert.equal(view.failure, undefined);
    assert.equal(view.failureRecorded, false);
    assert.deepEqual(
      view.steps.map(({ key, status }) => `${key} ${status}`),
      ['prepare done', 'pause done', 'zeebe done', 'resume waiting', 'complete waiting'],
    );
    assert.equal(isComplete(view), false);
  });

  test('A run that is tried again and fails again keeps the first failure beside the last one', () => {
    const view = viewOf(
      ...firstTry,
      prepared(70, 8),
      zeebe(72, { error: leaderChange }),
      recorded(73, 'FAILED'),
    );
    assert.equal(view.earlier.length, 1);
    assert.equal(view.failureRecorded, true);
    assert.equal(view.failure?.error, 'ComponentBackupFailed');
    assert.equal(view.plan?.run.backupId, 8);
  });

  test('A run that is tried again more than once keeps every failed try', () => {
    const again = [prepared(70, 8), zeebe(72, { error: leaderChange }), recorded(73, 'TRY_AGAIN')];
    assert.deepEqual(
      viewOf(...firstTry, ...again).earlier.map(({ backupId }) => backupId),
      [7, 8],
    );
  });

  test('A run whose failure is the end is none that is tried again', () => {
    const view = viewOf(...firstTry.slice(0, -1), recorded(12, 'FAILED'));
    assert.deepEqual(view.earlier, []);
    assert.equal(view.failureRecorded, true);
    assert.equal(view.plan?.run.backupId, 7);
  });
});

describe('A wait', () => {
  const failing = Object.assign(new Error('The gateway is away'), { name: 'ResumeFailed' });
  const failed = (seconds: number, state = 'ResumeExporting'): Seen => ({
    seconds,
    state,
    of: 'ResumeExporting',
    what: { error: failing },
  });
  const again = (view: RunView) => view.steps.find(({ key }) => key === 'resume')?.again;

  test('The wait before a resume is repeated is the one of the state machine, and grows', () => {
    const before = [prepared(0, 7), paused(1), failed(10)];
    assert.deepEqual(again(viewOf(...before)), { until: 12_000, seconds: 2 });
    assert.deepEqual(again(viewOf(...before, failed(12))), { until: 15_000, seconds: 3 });
    assert.deepEqual(again(viewOf(...before, failed(12), failed(15))), { until: 19_500, seconds: 4.5 });
  });

  test('The wait before a resume is over when it is repeated, and there is none where it is not', () => {
    const failedOnce = viewOf(prepared(0, 7), paused(1), failed(10));
    const about = { state: 'ResumeExporting', function: 'ResumeExporting', at: 12_000, input: {} };
    const repeated = after(failedOnce, { ...about, type: 'called' });
    assert.equal(again(repeated), undefined);
    const lost = Object.assign(new Error('Another run holds it'), { name: 'LockLost' });
    assert.equal(again(after(repeated, { ...about, type: 'threw', error: lost })), undefined);
  });

  test('The wait before a resume begins anew where the run was interrupted in it', () => {
    const after = 'ResumeExportingAfterFailure';
    const before = [...firstTry.slice(0, 3), failed(20, after), failed(22, after)];
    assert.deepEqual(again(viewOf(...before)), { until: 25_000, seconds: 3 });
    assert.deepEqual(again(viewOf(...before, failed(23, after))), { until: 25_000, seconds: 2 });
  });

  test('The wait before another try begins when what the failed one left is deleted, or cannot be', () => {
    for (const what of [{ output: { deleted: [] } }, { error: failing }]) {
      const view = viewOf(...firstTry, seen(20, 'DeleteFailedBackup', what));
      assert.deepEqual(view.nextTry, { until: 140_000, seconds: 120 });
    }
    const next = [seen(20, 'DeleteFailedBackup', { output: {} }), prepared(140, 8)];
    assert.equal(viewOf(...firstTry, ...next).nextTry, undefined);
  });
});

test('A reason of several lines is told whole, on one line', () => {
  for (const several of [
    'The cluster cannot be backed up now: Zeebe is away (Start it)\n  - Optimize is away',
    'The cluster cannot be backed up now:\n  - Zeebe is away (Start it)\n  - Optimize is away',
  ]) {
    const away = Object.assign(new Error(several), { name: 'Unreachable' });
    const view = viewOf(seen(0, 'PrepareBackup', { error: away }));
    assert.equal(
      view.steps[0]?.error,
      'The cluster cannot be backed up now: Zeebe is away (Start it); Optimize is away',
    );
  }
});

describe('How long exporting was paused', () => {
  test('The time of the pause is nothing where exporting was not paused', () => {
    assert.equal(pausedSeconds(viewOf(prepared(0, 7))), 0);
  });

  test('The time of the pause is not known before exporting is resumed', () => {
    assert.equal(pausedSeconds(viewOf(prepared(0, 7), paused(1))), null);
  });

  test('The time of the pause is from the request of the pause to the answer of the resume', () => {
    assert.equal(pausedSeconds(viewOf(prepared(0, 7), paused(1), resumed(5))), 4);
  });

  test('The time of the pause is that of all tries', () => {
    const second = [prepared(70, 8), paused(71), resumed(75)];
    assert.equal(pausedSeconds(viewOf(...firstTry)), 10);
    assert.equal(pausedSeconds(viewOf(...firstTry, ...second)), 14);
  });

  test('The time of the pause is not known while another try is paused', () => {
    assert.equal(pausedSeconds(viewOf(...firstTry, prepared(70, 8), paused(71))), null);
  });

  test('The time of the pause is nothing for a try that failed before its pause', () => {
    const unpaused = resumed(11, 'ResumeExportingAfterFailure', 'not-paused');
    const view = viewOf(
      prepared(0, 7),
      zeebe(2, { error: leaderChange }),
      unpaused,
      recorded(12, 'TRY_AGAIN'),
    );
    assert.deepEqual(
      view.earlier.map(({ pausedSeconds }) => pausedSeconds),
      [0],
    );
  });
});

describe('An answer that this version does not understand', () => {
  const strange = { output: { outcome: 'POSTPONED', resumed: 'later', progress: { state: 'QUEUED' } } };

  test('An answer that this version does not understand does not make a component complete', () => {
    const view = viewOf(prepared(0, 7), paused(1), zeebe(2, strange));
    assert.equal(view.steps.find(({ key }) => key === 'zeebe')?.status, 'running');
  });

  test('An answer that this version does not understand does not make exporting resumed', () => {
    const view = viewOf(prepared(0, 7), paused(1), resumed(5, 'ResumeExporting', 'later'));
    assert.equal(view.resumedAt, undefined);
    assert.equal(pausedSeconds(view), null);
  });

  test('An answer that this version does not understand does not make a failure one that is written down', () => {
    const view = viewOf(...firstTry.slice(0, -1), seen(12, 'RecordFailure', strange));
    assert.equal(view.failureRecorded, false);
    assert.deepEqual(view.earlier, []);
  });

  test('An answer that this version does not understand does not hide a pause when it stands in place of the plan', () => {
    const view = viewOf(seen(0, 'PrepareBackup', strange), paused(1));
    assert.equal(pausedSeconds(view), null);
  });
});

test('A log says of every try what it came to, in its turn, and of none twice', () => {
  const screen = written();
  let view = newView('production');
  const display = plainDisplay(screen.output, () => 0);
  const second = [prepared(70, 8), paused(71), zeebe(72, { output: progress('COMPLETED') }), resumed(75)];
  for (const one of observations([...firstTry, ...second])) {
    view = after(view, one);
    display.update(view);
    display.update(view);
  }
  display.end(view);
  const said = screen
    .stderr()
    .trim()
    .split('\n')
    .map((line) => line.replace(/^\S+ /, ''));
  assert.deepEqual(said, [
    'Backup 7 of production: Zeebe',
    'Exporting is paused (soft)',
    'Zeebe: started',
    'Zeebe: FAILED',
    'Exporting is resumed after 10 s',
    'Backup 7 FAILED and is tried again with a new id: There was a leader change',
    'Backup 8 of production: Zeebe',
    'Exporting is paused (soft)',
    'Zeebe: started',
    'Zeebe: done, 3 parts in 0.0 s',
    'Exporting is resumed after 4.0 s',
  ]);
});

test('A log keeps the lines of what to do: a command at the end of one can be pasted', () => {
  const screen = written();
  const view = newView('production');
  const [step] = view.steps;
  assert.ok(step);
  Object.assign(step, {
    status: 'running',
    error: 'Web applications are taking the backup 6',
    remedy: 'Delete it: camunda-backup repair --delete-leftovers\nIf it is still at work, wait for it.',
    again: { seconds: 5, until: 5000 },
    failures: 1,
  });
  const display = plainDisplay(screen.output, () => 0);
  display.update(view);
  display.end();
  const [, ...said] = screen.stderr().trim().split('\n');
  assert.deepEqual(said, [
    '1970-01-01T00:00:00Z Look at the cluster: what to do: Delete it: camunda-backup repair --delete-leftovers',
    '1970-01-01T00:00:00Z Look at the cluster: If it is still at work, wait for it.',
  ]);
});

describe('The steps of a plan', () => {
  const plan: Plan = {
    ...planOf(1),
    applications: [{ kind: 'application', component: 'optimize', url: target.url, path: 'backups' }],
    records: [
      {
        kind: 'records',
        component: 'records',
        engine: 'elasticsearch',
        url: 'http://es:9200',
        repository: 'camunda',
        indexPattern: 'zeebe-record*',
      },
    ],
  };
  for (const { order, keys } of [
    { order: 'PAUSE_FIRST', keys: ['pause', 'optimize', 'records', 'zeebe'] },
    { order: 'APPLICATIONS_FIRST', keys: ['optimize', 'pause', 'records', 'zeebe'] },
  ] as const) {
    test(`The pause stands among the stages where the order ${order} has it`, () => {
      const [, answered] = observations([seen(0, 'PrepareBackup', { output: { ...plan, order } })]);
      assert(answered);
      const { steps } = apply(newView('production'), seenIn(answered));
      assert.deepEqual(
        steps.map(({ key }) => key),
        ['prepare', ...keys, 'resume', 'complete'],
      );
    });
  }
});

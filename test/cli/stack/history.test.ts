import assert from 'node:assert/strict';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, it } from '@jest/globals';
import type { Observation } from '../../../cli/screen/observation.ts';
import { historyReader } from '../../../cli/stack/history.ts';
import { backup } from '../../../statemachine/backup-procedure.ts';
import { fakeAws, recorded } from './fakes.ts';

const short = ({ type, state, function: called }: Observation) => `${type} ${state} (${called})`;

async function readAll(name: Parameters<typeof recorded>[0]) {
  const recording = recorded(name);
  return historyReader(recording.executionArn, backup, fakeAws(recording)).readNew();
}

const scheduled = (id: number, previousEventId: number): HistoryEvent => ({
  id,
  previousEventId,
  type: 'TaskScheduled',
  timestamp: new Date(id * 1000),
  taskScheduledEventDetails: {
    resourceType: 'lambda',
    resource: 'invoke',
    region: 'us-east-1',
    parameters: JSON.stringify({ FunctionName: 'arn:aws:lambda:…', Payload: { run: { backupId: 7 } } }),
  },
});

/** An execution that has entered PauseExporting, and then `rest`. */
const pausing = (...rest: HistoryEvent[]) => ({
  executionArn: 'arn:aws:states:us-east-1:000000000000:execution:camunda-backup:x',
  events: [
    {
      id: 1,
      previousEventId: 0,
      type: 'ExecutionStarted' as const,
      timestamp: new Date(1000),
      executionStartedEventDetails: { input: '{"cluster":"production"}' },
    },
    {
      id: 2,
      previousEventId: 0,
      type: 'TaskStateEntered' as const,
      timestamp: new Date(2000),
      stateEnteredEventDetails: { name: 'PauseExporting', input: '{}' },
    },
    scheduled(3, 2),
    ...rest,
  ],
});

describe('The history of an execution', () => {
  it('The history of an execution is what an observer of the same run in one process sees', async () => {
    const { started, observations, ended } = await readAll('production');
    assert.deepEqual(started?.input, { cluster: 'production', reason: 'manual' });
    const zeebe = observations.filter(({ state }) => /Zeebe|Resume|Complete/.test(state)).map(short);
    assert.deepEqual(zeebe, [
      'called StartZeebeBackup (StartComponentBackup)',
      'answered StartZeebeBackup (StartComponentBackup)',
      'called CheckZeebeBackup (CheckComponentBackup)',
      'answered CheckZeebeBackup (CheckComponentBackup)',
      'called CheckZeebeBackup (CheckComponentBackup)',
      'answered CheckZeebeBackup (CheckComponentBackup)',
      'called ResumeExporting (ResumeExporting)',
      'answered ResumeExporting (ResumeExporting)',
      'called CompleteBackup (CompleteBackup)',
      'answered CompleteBackup (CompleteBackup)',
    ]);
    const [called, answered] = observations;
    assert.deepEqual(called?.input, {
      request: { cluster: 'production', reason: 'manual' },
      runId: recorded('production').executionArn,
    });
    assert(answered?.type === 'answered');
    assert.deepEqual(answered.input, called?.input);
    assert.equal(Object(answered.output).outcome, 'PLANNED');
    assert.equal(ended?.status, 'SUCCEEDED');
    assert.equal(Object(ended?.output).state, 'COMPLETED');
  });

  it('The history of an execution follows each iteration of a Map through its retries', async () => {
    const { observations } = await readAll('production');
    const ofWebApplications = observations.filter(
      ({ state, input }) =>
        state === 'StartApplicationBackup' && Object(input).target.component === 'webApplications',
    );
    assert.deepEqual(
      ofWebApplications.map(({ type }) => type),
      ['called', 'threw', 'called', 'answered'],
    );
    const [, threw] = ofWebApplications;
    assert(threw?.type === 'threw');
    assert.equal(threw.error.name, 'Unreachable');
    // The function's words, without its stack.
    assert.equal(
      threw.error.message,
      'POST http://zeebe:9600/actuator/backupHistory failed: connect ECONNREFUSED',
    );
  });

  it('The history of an execution ends with the first error and its cause as a sentence', async () => {
    const { ended, observations } = await readAll('failing');
    assert.equal(ended?.error, 'ComponentBackupFailed');
    assert.match(ended?.cause ?? '', /^Optimize says that its backup is FAILED/);
    assert.deepEqual(observations.slice(-2).map(short), [
      'called RecordFailure (RecordFailure)',
      'answered RecordFailure (RecordFailure)',
    ]);
  });

  it('The history of an execution says that a run was stopped, and why', async () => {
    const { ended } = await readAll('stuck');
    const { status, error, cause } = ended ?? {};
    assert.deepEqual(
      { status, error, cause },
      { status: 'ABORTED', error: 'PausedTooLong', cause: 'Exporting is paused for 61 min 00 s' },
    );
  });

  it('A history is read piece by piece: no event is lost, none comes twice, and little is read again', async () => {
    const recording = recorded('production');
    const whole = await readAll('production');
    const aws = fakeAws(recording, 7);
    let seen = 0;
    aws.visible = () => seen;
    const reader = historyReader(recording.executionArn, backup, aws);
    const observations: Observation[] = [];
    while (seen < recording.events.length) {
      seen = Math.min(seen + 5, recording.events.length);
      observations.push(...(await reader.readNew()).observations);
    }
    assert.deepEqual(observations, whole.observations);
    assert(aws.looks.length <= 2 * Math.ceil(recording.events.length / 5), `${aws.looks.length} looks`);
  });

  it('A history is read in pages from its end to its beginning at first', async () => {
    const recording = recorded('production');
    const whole = await readAll('production');
    const aws = fakeAws(recording, 20);
    const { observations } = await historyReader(recording.executionArn, backup, aws).readNew();
    assert.deepEqual(observations, whole.observations);
    assert.equal(aws.looks.length, Math.ceil(recording.events.length / 20));
  });

  it('The reader of a history waits for an event that comes later than those behind it', async () => {
    const recording = pausing(scheduled(4, 3), scheduled(5, 4));
    const late = recording.events.splice(3, 1);
    const reader = historyReader(recording.executionArn, backup, fakeAws(recording));
    assert.equal((await reader.readNew()).observations.length, 1);
    recording.events.splice(3, 0, ...late);
    assert.deepEqual(
      (await reader.readNew()).observations.map(({ at }) => at),
      [4000, 5000],
    );
  });

  it('The reader of a history knows a task that did not answer in time, as Step Functions documents it', async () => {
    const { observations } = await historyReader(
      'x',
      backup,
      fakeAws(
        pausing(
          { id: 4, previousEventId: 3, type: 'TaskStarted', timestamp: new Date(4000) },
          {
            id: 5,
            previousEventId: 4,
            type: 'TaskTimedOut',
            timestamp: new Date(5000),
            taskTimedOutEventDetails: { resourceType: 'lambda', resource: 'invoke', error: 'States.Timeout' },
          },
          scheduled(6, 5),
        ),
      ),
    ).readNew();
    assert.deepEqual(observations.map(short), [
      'called PauseExporting (PauseExporting)',
      'threw PauseExporting (PauseExporting)',
      'called PauseExporting (PauseExporting)',
    ]);
    const [, threw] = observations;
    assert(threw?.type === 'threw');
    assert.equal(threw.error.name, 'States.Timeout');
  });

  it('A history goes on where a failed execution was redriven', async () => {
    const failed: HistoryEvent = {
      id: 4,
      previousEventId: 3,
      type: 'ExecutionFailed',
      timestamp: new Date(4000),
      executionFailedEventDetails: { error: 'PauseFailed', cause: 'no leader' },
    };
    const redriven: HistoryEvent = {
      id: 5,
      previousEventId: 4,
      type: 'ExecutionRedriven',
      timestamp: new Date(5000),
    };
    assert.equal(
      (await historyReader('x', backup, fakeAws(pausing(failed))).readNew()).ended?.error,
      'PauseFailed',
    );
    assert.equal(
      (await historyReader('x', backup, fakeAws(pausing(failed, redriven))).readNew()).ended,
      undefined,
    );
  });
});

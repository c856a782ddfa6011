import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from '@jest/globals';
import { functions } from '../../lambdas/backup/index.ts';
import {
  allStates,
  json,
  machine,
  nextInThisTry,
  nextOf,
  reachableFrom,
  retriedForSeconds,
  stateNamed,
  text,
} from './definition.ts';

interface Validation {
  isValid: boolean;
  errorsText: () => string;
}
// asl-validator brings no types.
const validate: (definition: unknown, options: object) => Validation = createRequire(import.meta.url)(
  'asl-validator',
);

const tasks = allStates.filter(([, { Type }]) => Type === 'Task');
const undo = 'ResumeExportingAfterFailure';

test('The definition is valid Amazon States Language', () => {
  // The functions' names are put in at deployment.
  const filled = JSON.parse(
    text.replaceAll(/\$\{(\w+)\}/g, 'arn:aws:lambda:eu-central-1:111122223333:function:$1'),
  );
  const { isValid, errorsText } = validate(filled, { checkPaths: true, checkArn: true });
  assert(isValid, errorsText());
});

test('Every function that the definition calls is a handler, and every handler is called', () => {
  const called = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));
  assert.deepEqual([...called].sort(), Object.keys(functions).sort());
});

test('Every Task calls one function, and gives up within 15 minutes', () => {
  assert(tasks.length >= 13);
  for (const [name, { Parameters, TimeoutSeconds }] of tasks) {
    assert.match(Parameters?.FunctionName ?? '', /^\$\{\w+\}$/, name);
    assert(TimeoutSeconds !== undefined && TimeoutSeconds > 0, `${name} has no TimeoutSeconds`);
    assert(TimeoutSeconds <= 900, `${name} outlives every Lambda function`);
  }
});

test('The state machine gives up by itself, three days after its start or later', () => {
  assert(machine.TimeoutSeconds >= 3 * 24 * 3600);
});

describe('Every component is backed up in the order of its version', () => {
  /** The states that do something, where nothing fails. */
  function wayOf(order: string): string[] {
    const way: string[] = [];
    for (let name: string | undefined = machine.StartAt; name !== undefined; ) {
      const { Type, Choices, Default, Next } = stateNamed(name);
      if (Type === 'Task' || Type === 'Map') way.push(name);
      name = Type === 'Choice' ? (Choices.find((one) => one.StringEquals === order)?.Next ?? Default) : Next;
    }
    return way;
  }

  for (const { order, way } of [
    {
      order: 'PAUSE_FIRST',
      way: ['PauseExporting', 'BackUpApplications', 'BackUpRecords', 'BackUpZeebe', 'ResumeExporting'],
    },
    {
      order: 'APPLICATIONS_FIRST',
      way: ['BackUpApplications', 'PauseExporting', 'BackUpRecords', 'BackUpZeebe', 'ResumeExporting'],
    },
  ]) {
    test(`The order ${order} leaves nothing out`, () => {
      assert.deepEqual(wayOf(order), ['PrepareBackup', ...way, 'DescribeSnapshots', 'CompleteBackup']);
    });
  }
});

describe('the way back to exporting', () => {
  const afterThePause = new Set(['PauseExporting', ...reachableFrom('PauseExporting', nextInThisTry)]);
  const afterTheUndo = new Set([undo, ...reachableFrom(undo, nextInThisTry)]);

  test('The states after the undoing of a pause are none of those before it', () => {
    assert.deepEqual([...afterTheUndo].sort(), [
      'BackupCompleted',
      'BackupFailed',
      'IsTriedAgain',
      'RecordFailure',
      undo,
    ]);
    assert(!afterThePause.has(undo));
  });

  test('Every state from the pause on catches everything, and goes to the resume or to what follows it', () => {
    let caught = 0;
    for (const name of afterThePause) {
      const { Type, Catch } = stateNamed(name);
      if (Type === 'Choice' || Type === 'Succeed' || Type === 'Fail') continue;
      const last = Catch.at(-1);
      assert.deepEqual(last?.ErrorEquals, ['States.ALL'], name);
      // Exporting is resumed by then, and the backup is complete whatever is not known of its snapshots.
      const follows = name === 'DescribeSnapshots' ? new Set(['CompleteBackup']) : afterTheUndo;
      for (const { Next } of Catch) assert(follows.has(Next), `${name} catches into ${Next}`);
      caught += 1;
    }
    assert(caught >= 5);
  });

  test('A failure between the pause and the resume goes through the resume', () => {
    const afterTheResume = reachableFrom('ResumeExporting', nextInThisTry);
    for (const name of afterThePause) {
      if (name === 'ResumeExporting' || afterTheResume.has(name)) continue;
      for (const { Next } of stateNamed(name).Catch) assert.equal(Next, undo, name);
    }
  });

  test('A failure of the applications, which come before the pause in 8.7, goes through the resume too', () => {
    assert.deepEqual(
      stateNamed('BackUpApplications').Catch.map(({ Next }) => Next),
      [undo],
    );
  });

  test('No way from the pause to a good end goes around the resume', () => {
    const aroundIt = (state: Parameters<typeof nextOf>[0]) =>
      nextOf(state).filter((name) => name !== 'ResumeExporting');
    const reached = reachableFrom('PauseExporting', aroundIt);
    assert(!reached.has('CompleteBackup'));
    for (const name of reached) assert.notEqual(stateNamed(name).Type, 'Succeed', name);
  });

  for (const name of ['ResumeExporting', undo]) {
    test(`${name} is repeated for at least 45 minutes, whatever the error`, () => {
      const { Retry } = stateNamed(name);
      const last = Retry.at(-1);
      assert.deepEqual(last?.ErrorEquals, ['States.ALL']);
      const minutes = retriedForSeconds(last) / 60;
      assert(minutes >= 45, `${minutes} minutes`);
      assert((last.MaxDelaySeconds ?? 0) <= 60, 'a broker that is back is noticed within a minute');
    });

    test(`${name} is not repeated where another run holds the cluster`, () => {
      const lockLost = stateNamed(name).Retry.find(({ ErrorEquals }) => ErrorEquals.includes('LockLost'));
      assert.equal(lockLost?.MaxAttempts, 0);
    });
  }
});

describe('the end of a failed backup', () => {
  test('A failure of the resume does not hide the first error of the execution', () => {
    const { Catch } = stateNamed(undo);
    assert.deepEqual(
      Catch.map(({ ResultPath, Next }) => `${ResultPath} ${Next}`),
      ['$.resumeFailure RecordFailure'],
    );
  });

  test('An execution fails also when its failure cannot be recorded', () => {
    assert.equal(stateNamed('RecordFailure').Catch.at(-1)?.Next, 'TellFailure');
    assert.equal(stateNamed('TellFailure').Catch.at(-1)?.Next, 'BackupFailed');
    for (const name of ['RecordFailure', 'TellFailure']) assert.equal(stateNamed(name).Next, 'IsTriedAgain');
    assert.equal(stateNamed('IsTriedAgain').Default, 'BackupFailed');
    assert.equal(stateNamed('BackupFailed').Type, 'Fail');
    assert.match(text, /"ErrorPath": "\$\.failure\.Error"/);
  });

  test('A backup that could not be prepared is recorded as failed with its request, by the same state', () => {
    assert.deepEqual(
      stateNamed('PrepareBackup').Catch.map(({ ErrorEquals, ResultPath, Next }) => ({
        ErrorEquals,
        ResultPath,
        Next,
      })),
      [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'RecordFailure' }],
    );
    for (const name of ['RecordFailure', 'TellFailure']) {
      assert.deepEqual(stateNamed(name).Parameters?.Payload, {
        'state.$': '$',
        'runId.$': '$$.Execution.Id',
      });
    }
  });

  test('The function RecordFailure is called by RecordFailure and TellFailure alone', () => {
    const recording = allStates.filter(
      ([, { Parameters }]) => Parameters?.FunctionName === `\${RecordFailure}`,
    );
    assert.deepEqual(
      recording.map(([name]) => name),
      ['RecordFailure', 'TellFailure'],
    );
  });

  test('Every way from the undoing of a pause goes through RecordFailure to an end, but for another try', () => {
    const reached = reachableFrom(undo, (state) => [
      ...nextInThisTry(state),
      ...state.Catch.map(({ Next }) => Next),
    ]);
    assert.deepEqual([...reached].sort(), [
      'BackupCompleted',
      'BackupFailed',
      'IsTriedAgain',
      'RecordFailure',
      'TellFailure',
    ]);
  });

  test('A failure comes to a good end only from IsTriedAgain, with the answer of CompleteBackup as its output', () => {
    const { Type, OutputPath } = stateNamed('BackupCompleted');
    assert.deepEqual({ Type, OutputPath }, { Type: 'Succeed', OutputPath: '$.completed' });
    const leading = allStates.filter(([, state]) => nextOf(state).includes('BackupCompleted'));
    assert.deepEqual(
      leading.map(([name]) => name),
      ['IsTriedAgain'],
    );
  });

  test('RecordFailure is repeated for one to five minutes where people could not be told', () => {
    const repeated = stateNamed('RecordFailure').Retry.find(({ ErrorEquals }) =>
      ErrorEquals.includes('AlertFailed'),
    );
    assert(repeated);
    assert(retriedForSeconds(repeated) >= 60);
    assert(retriedForSeconds(repeated) <= 300, 'the watchdog is called by the end of the execution');
  });

  test('RecordFailure hands the answer of its function on to the Fail state', () => {
    assert.equal(stateNamed('RecordFailure').OutputPath, '$.Payload');
  });
});

describe('another try', () => {
  /** Every state that leads to `name`, with or without an error. */
  const before = (name: string) =>
    Object.entries(machine.States)
      .filter(([, state]) => [...nextOf(state), ...state.Catch.map(({ Next }) => Next)].includes(name))
      .map(([state]) => state);

  test('Another try follows only where RecordFailure says so', () => {
    assert.deepEqual(stateNamed('IsTriedAgain').Choices, [
      { Variable: '$.outcome', StringEquals: 'TRY_AGAIN', Next: 'DeleteFailedBackup' },
      { Variable: '$.outcome', StringEquals: 'COMPLETED', Next: 'BackupCompleted' },
    ]);
  });

  test('Another try has one way: from a recorded failure over the deletion and the wait to the very beginning', () => {
    assert.deepEqual(before('IsTriedAgain').sort(), ['RecordFailure', 'TellFailure']);
    assert.deepEqual(before('DeleteFailedBackup'), ['IsTriedAgain']);
    assert.deepEqual(before('WaitBeforeTheNextTry'), ['DeleteFailedBackup']);
    assert.deepEqual(before('PrepareBackup'), ['WaitBeforeTheNextTry']);
    assert.equal(machine.StartAt, 'PrepareBackup');
  });

  test('Another try comes only after a resume, or before any pause: nothing else leads to RecordFailure', () => {
    assert.deepEqual(before('RecordFailure').sort(), [
      'CompleteBackup',
      'PrepareBackup',
      'ResumeExporting',
      undo,
    ]);
  });

  test('Another try follows also where the deletion fails', () => {
    assert.deepEqual(stateNamed('DeleteFailedBackup').Catch, [
      { ErrorEquals: ['States.ALL'], ResultPath: '$.deletion', Next: 'WaitBeforeTheNextTry' },
    ]);
    assert.equal(stateNamed('DeleteFailedBackup').Parameters?.['Payload.$'], '$.failed');
  });

  test('Another try begins after two minutes, with the request and nothing else', () => {
    const { Type, Seconds, OutputPath, Next } = stateNamed('WaitBeforeTheNextTry');
    assert.deepEqual(
      { Type, Seconds, OutputPath, Next },
      { Type: 'Wait', Seconds: 120, OutputPath: '$.request', Next: 'PrepareBackup' },
    );
    assert.deepEqual(stateNamed('PrepareBackup').Parameters?.Payload, {
      'request.$': '$',
      'runId.$': '$$.Execution.Id',
    });
  });
});

test('The definition uses JSONPath only, which both engines have', () => {
  assert.doesNotMatch(JSON.stringify(json), /QueryLanguage|JSONata|\{%|"Assign"/);
});

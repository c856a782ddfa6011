import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { errorNames } from '../../core/errors.ts';
import { handlers } from '../../lambdas/index.ts';
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

test('it is valid Amazon States Language', () => {
  // The functions' names are put in at deployment.
  const filled = JSON.parse(
    text.replaceAll(/\$\{(\w+)\}/g, 'arn:aws:lambda:eu-central-1:111122223333:function:$1'),
  );
  const { isValid, errorsText } = validate(filled, { checkPaths: true, checkArn: true });
  assert(isValid, errorsText());
});

test('every function that it calls is a handler, and every handler is called', () => {
  const called = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));
  assert.deepEqual([...called].sort(), Object.keys(handlers).sort());
});

test('every Task calls one function and gives up in time', () => {
  assert(tasks.length >= 13);
  for (const [name, { Parameters, TimeoutSeconds }] of tasks) {
    assert.match(Parameters?.FunctionName ?? '', /^\$\{\w+\}$/, name);
    assert(TimeoutSeconds !== undefined && TimeoutSeconds > 0, `${name} has no TimeoutSeconds`);
    assert(TimeoutSeconds <= 900, `${name} outlives every Lambda function`);
  }
});

test('it gives up itself, long after the longest backup', () => {
  assert(machine.TimeoutSeconds >= 3 * 24 * 3600);
});

describe('errors', () => {
  const matched = allStates.flatMap(([name, { Retry, Catch }]) =>
    [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals.map((error) => ({ name, error }))),
  );

  test('that are matched have a name that exists', () => {
    for (const { name, error } of matched) {
      assert(
        error in errorNames || /^(States|Lambda|Sandbox|Runtime)\./.test(error),
        `${name} matches ${error}`,
      );
    }
  });

  test('States.ALL stands alone and last', () => {
    for (const [name, { Retry, Catch }] of allStates) {
      for (const list of [Retry, Catch]) {
        for (const [index, { ErrorEquals }] of list.entries()) {
          if (!ErrorEquals.includes('States.ALL')) continue;
          assert.deepEqual(ErrorEquals, ['States.ALL'], name);
          assert.equal(index, list.length - 1, name);
        }
      }
    }
  });

  test('that repeating cannot mend are repeated nowhere but in a resume', () => {
    const passes = [
      'Unreachable',
      'ServerTrouble',
      'LedgerError',
      'ComponentBusy',
      'PauseFailed',
      'ResumeFailed',
      'ResumeUnwritten',
      'AlertFailed',
    ];
    const final = Object.values(errorNames).filter((name) => !passes.includes(name));
    // What has come to an end is written down, also where somebody has to free a disk for it.
    const writesTheEnd = ['CompleteBackup', 'RecordFailure'];
    for (const [name, { Retry, Parameters }] of tasks) {
      const repeated = Retry.filter(({ MaxAttempts }) => MaxAttempts > 0).flatMap((one) => one.ErrorEquals);
      assert.deepEqual(
        repeated.filter((error) => final.some((name) => name === error)),
        [
          ...(writesTheEnd.includes(name) ? ['LedgerUnusable'] : []),
          // For a while, and not for 46 minutes: exporting is resumed.
          ...(Parameters?.FunctionName === `\${ResumeExporting}` ? ['ResumeUnwritable'] : []),
        ],
        name,
      );
      if (Parameters?.FunctionName !== `\${ResumeExporting}`) assert(!repeated.includes('States.ALL'), name);
    }
  });

  test('that may pass are repeated by every Task', () => {
    for (const [name, { Retry }] of tasks) {
      const errors = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
      if (errors.includes('States.ALL')) continue;
      for (const error of ['Unreachable', 'ServerTrouble', 'LedgerError', 'States.Timeout']) {
        assert(errors.includes(error), `${name} does not repeat ${error}`);
      }
    }
  });
});

describe('exporting is never left paused', () => {
  const afterThePause = new Set(['PauseExporting', ...reachableFrom('PauseExporting', nextInThisTry)]);
  const afterTheUndo = new Set([undo, ...reachableFrom(undo, nextInThisTry)]);

  test('what follows the undoing is not what went before it', () => {
    assert.deepEqual([...afterTheUndo].sort(), [
      'BackupCompleted',
      'BackupFailed',
      'IsTriedAgain',
      'RecordFailure',
      undo,
    ]);
    assert(!afterThePause.has(undo));
  });

  test('every state from the pause on catches everything, into the resume or what follows it', () => {
    let caught = 0;
    for (const name of afterThePause) {
      const { Type, Catch } = stateNamed(name);
      if (Type === 'Choice' || Type === 'Succeed' || Type === 'Fail') continue;
      const last = Catch.at(-1);
      assert.deepEqual(last?.ErrorEquals, ['States.ALL'], name);
      for (const { Next } of Catch) assert(afterTheUndo.has(Next), `${name} catches into ${Next}`);
      caught += 1;
    }
    assert(caught >= 5);
  });

  test('what fails between the pause and the resume goes through the resume', () => {
    const afterTheResume = reachableFrom('ResumeExporting', nextInThisTry);
    for (const name of afterThePause) {
      if (name === 'ResumeExporting' || afterTheResume.has(name)) continue;
      for (const { Next } of stateNamed(name).Catch) assert.equal(Next, undo, name);
    }
  });

  test('also in 8.7, where the applications come before the pause', () => {
    assert.deepEqual(
      stateNamed('BackUpApplications').Catch.map(({ Next }) => Next),
      [undo],
    );
  });

  test('no way from the pause to a good end goes around the resume', () => {
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

describe('a failed backup is a failed execution', () => {
  test('with the first error: what fails in the resume does not hide it', () => {
    const { Catch } = stateNamed(undo);
    assert.deepEqual(
      Catch.map(({ ResultPath, Next }) => `${ResultPath} ${Next}`),
      ['$.resumeFailure RecordFailure'],
    );
  });

  test('also when the failure cannot be recorded', () => {
    assert.equal(stateNamed('RecordFailure').Catch.at(-1)?.Next, 'BackupFailed');
    assert.equal(stateNamed('RecordFailure').Next, 'IsTriedAgain');
    assert.equal(stateNamed('IsTriedAgain').Default, 'BackupFailed');
    assert.equal(stateNamed('BackupFailed').Type, 'Fail');
    assert.match(text, /"ErrorPath": "\$\.failure\.Error"/);
  });

  test('also when it could not be prepared: the same state records it, with the request instead of the plan', () => {
    assert.deepEqual(
      stateNamed('PrepareBackup').Catch.map(({ ErrorEquals, ResultPath, Next }) => ({
        ErrorEquals,
        ResultPath,
        Next,
      })),
      [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'RecordFailure' }],
    );
    assert.deepEqual(stateNamed('RecordFailure').Parameters?.Payload, {
      'state.$': '$',
      'runId.$': '$$.Execution.Id',
    });
  });

  test('and only one state records it', () => {
    const recording = allStates.filter(
      ([, { Parameters }]) => Parameters?.FunctionName === `\${RecordFailure}`,
    );
    assert.deepEqual(
      recording.map(([name]) => name),
      ['RecordFailure'],
    );
  });

  test('and every way from the undoing ends there, but for another try', () => {
    const reached = reachableFrom(undo, (state) => [
      ...nextInThisTry(state),
      ...state.Catch.map(({ Next }) => Next),
    ]);
    assert.deepEqual([...reached].sort(), [
      'BackupCompleted',
      'BackupFailed',
      'IsTriedAgain',
      'RecordFailure',
    ]);
  });

  test('or in a good end, only where the manifest says COMPLETED: with the answer of CompleteBackup', () => {
    const { Type, OutputPath } = stateNamed('BackupCompleted');
    assert.deepEqual({ Type, OutputPath }, { Type: 'Succeed', OutputPath: '$.completed' });
    const leading = allStates.filter(([, state]) => nextOf(state).includes('BackupCompleted'));
    assert.deepEqual(
      leading.map(([name]) => name),
      ['IsTriedAgain'],
    );
  });

  test('after people were told: where they could not be, the state is repeated', () => {
    const repeated = stateNamed('RecordFailure').Retry.find(({ ErrorEquals }) =>
      ErrorEquals.includes('AlertFailed'),
    );
    assert(repeated);
    assert(retriedForSeconds(repeated) >= 60);
    assert(retriedForSeconds(repeated) <= 300, 'the watchdog is called by the end of the execution');
  });

  test('and what RecordFailure answers is what the Fail state reads', () => {
    assert.equal(stateNamed('RecordFailure').OutputPath, '$.Payload');
  });
});

describe('another try', () => {
  /** Every state that leads to `name`, with or without an error. */
  const before = (name: string) =>
    Object.entries(machine.States)
      .filter(([, state]) => [...nextOf(state), ...state.Catch.map(({ Next }) => Next)].includes(name))
      .map(([state]) => state);

  test('follows only where RecordFailure says so', () => {
    assert.deepEqual(stateNamed('IsTriedAgain').Choices, [
      { Variable: '$.outcome', StringEquals: 'TRY_AGAIN', Next: 'DeleteFailedBackup' },
      { Variable: '$.outcome', StringEquals: 'COMPLETED', Next: 'BackupCompleted' },
    ]);
  });

  test('has one way: RecordFailure, the deletion, the wait, and then from the very beginning', () => {
    assert.deepEqual(before('IsTriedAgain'), ['RecordFailure']);
    assert.deepEqual(before('DeleteFailedBackup'), ['IsTriedAgain']);
    assert.deepEqual(before('WaitBeforeTheNextTry'), ['DeleteFailedBackup']);
    assert.deepEqual(before('PrepareBackup'), ['WaitBeforeTheNextTry']);
    assert.equal(machine.StartAt, 'PrepareBackup');
  });

  test('comes only after the resume: what leads to RecordFailure has resumed, or never paused', () => {
    assert.deepEqual(before('RecordFailure').sort(), [
      'CompleteBackup',
      'PrepareBackup',
      'ResumeExporting',
      undo,
    ]);
  });

  test('is not kept from by what cannot be deleted', () => {
    assert.deepEqual(stateNamed('DeleteFailedBackup').Catch, [
      { ErrorEquals: ['States.ALL'], ResultPath: '$.deletion', Next: 'WaitBeforeTheNextTry' },
    ]);
    assert.equal(stateNamed('DeleteFailedBackup').Parameters?.['Payload.$'], '$.failed');
  });

  test('waits two minutes, and hands on the request and nothing else', () => {
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

test('it uses JSONPath only, which both engines have', () => {
  assert.doesNotMatch(JSON.stringify(json), /QueryLanguage|JSONata|\{%|"Assign"/);
});

import type { ErrorName } from '../core/errors.ts';
import type { Catcher, MapState, Payload, Retrier, Task } from './states.ts';

/** What may pass by itself, in every function: our own errors, and those of the way to a function and back. */
const passing = [
  'Unreachable',
  'ServerTrouble',
  'LedgerError',
  'States.Timeout',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
] as const;

/** For as long as a wait is worth while something is held up by it. */
export const retryShortly = (...also: ErrorName[]): Retrier => ({
  Comment: 'What may pass: 2, 4, 8 s',
  ErrorEquals: [...also, ...passing],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 3,
});

const hundredSeconds = { IntervalSeconds: 3, BackoffRate: 1.5, MaxDelaySeconds: 20, MaxAttempts: 8 };
const waitsOfHundredSeconds = '3, 4.5, 6.8, 10.1, 15.2, 20, 20, 20 s, together 100 s';

/** For what must not be lost, and may be repeated without harm. */
export const retryForAWhile = (...also: ErrorName[]): Retrier => ({
  Comment: `What may pass: ${waitsOfHundredSeconds}. Each of these calls may be repeated: it looks before it acts`,
  ErrorEquals: [...also, ...passing],
  ...hundredSeconds,
});

/** A component that another backup keeps busy, before this one holds up anything. */
export const retryWhileBusy: Retrier = {
  Comment:
    "A component that ends somebody's backup, such as one of a run that died: 5, 7.5, 11.3, 16.9, 25.3, 30, 30, 30 s, together 156 s",
  ErrorEquals: ['ComponentBusy'],
  IntervalSeconds: 5,
  BackoffRate: 1.5,
  MaxDelaySeconds: 30,
  MaxAttempts: 8,
};

/** Exporting must not stay paused, so that a resume is repeated whatever its error, but for the two that come first. */
export const retryResume: Retrier[] = [
  {
    Comment: "Another run holds the cluster now: its pause is not this run's to end",
    ErrorEquals: ['LockLost'],
    MaxAttempts: 0,
  },
  {
    Comment: `Exporting is resumed, and only somebody who frees a disk or gives a permission can have it written down: ${waitsOfHundredSeconds}`,
    ErrorEquals: ['ResumeUnwritable'],
    ...hundredSeconds,
  },
  {
    Comment:
      'Everything else, for 46 minutes, longer than a broker takes to restart: 2, 3, 4.5 … 51 s (150 s in 9 attempts), then 60 s each',
    ErrorEquals: ['States.ALL'],
    IntervalSeconds: 2,
    BackoffRate: 1.5,
    MaxDelaySeconds: 60,
    MaxAttempts: 53,
  },
];

/** Every error that is not repeated, or was repeated in vain. */
export const catchAll = <Name extends string>(ResultPath: string, Next: Name): Catcher<Name>[] => [
  { ErrorEquals: ['States.ALL'], ResultPath, Next },
];

/** The part of a Task that says which function is called; a path hands it what is there, `$` the whole state. */
export function call(functionName: string, payload: Payload | `$${string}`) {
  // Who deploys the machine puts the function's ARN in its place.
  const FunctionName = `\${${functionName}}`;
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters:
      typeof payload === 'string'
        ? { FunctionName, 'Payload.$': payload }
        : { FunctionName, Payload: payload },
  } as const satisfies Partial<Task<string>>;
}

/**
 * Backs up every component of a list, side by side: start it, wait until its next check is due, check it, until it is
 * complete. The functions get `{ run, target, limits, progress }`, `progress` from the start on.
 */
export function backUpEach(
  component: string,
  targets: `$.${string}`,
  { start, check }: { start: string; check: string },
) {
  const is = {
    start: `Start${component}Backup`,
    wait: `WaitFor${component}Backup`,
    check: `Check${component}Backup`,
    choice: `Is${component}BackupComplete`,
    complete: `${component}BackupComplete`,
  };
  return {
    ItemsPath: targets,
    ItemSelector: { 'run.$': '$.run', 'target.$': '$$.Map.Item.Value', 'limits.$': '$.limits' },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: is.start,
      States: {
        [is.start]: {
          ...call(start, '$'),
          TimeoutSeconds: 180,
          OutputPath: '$.Payload',
          Retry: [retryForAWhile('ComponentBusy')],
          Next: is.wait,
        },
        [is.wait]: { Type: 'Wait', TimestampPath: '$.progress.nextCheckAt', Next: is.check },
        [is.check]: {
          ...call(check, '$'),
          TimeoutSeconds: 90,
          OutputPath: '$.Payload',
          Retry: [retryShortly()],
          Next: is.choice,
        },
        [is.choice]: {
          Type: 'Choice',
          Choices: [{ Variable: '$.progress.state', StringEquals: 'COMPLETED', Next: is.complete }],
          Default: is.wait,
        },
        [is.complete]: { Type: 'Succeed' },
      },
    },
    ResultPath: null,
  } satisfies Partial<MapState<string>>;
}

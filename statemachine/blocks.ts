import type { ErrorName } from '../core/error-names.ts';
import type { Catcher, MapState, Payload, Retrier, Task } from './states.ts';

/** Our own errors that may be temporary, and a function or a state that reached its time limit. */
const temporary = [
  'Unreachable',
  'ServerTrouble',
  'LedgerError',
  'States.Timeout',
  'Sandbox.Timedout',
] as const;

/**
 * Retries a call that Lambda itself could not serve, after 5, 7.5, 11.3, 16.9, 25.3, 38, 57, 60, 60 and 60 s, together
 * 341 s. A function in a VPC that was not called for weeks sleeps, and takes a minute or more to wake up. The names are
 * those of the errors of Invoke (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html) and, in the last line, those
 * of an execution environment that was killed. This is the first retrier of every state that does not retry every error.
 */
const retryLambda: Retrier = {
  ErrorEquals: [
    // The function sleeps, or its network interface is being made.
    'Lambda.ResourceNotReadyException',
    'Lambda.ENINotReadyException',
    'Lambda.EC2ThrottledException',
    'Lambda.EC2UnexpectedException',
    'Lambda.SubnetIPAddressLimitReachedException',
    'Lambda.ENILimitReachedException',
    // The function is being created or updated.
    'Lambda.ResourceConflictException',
    'Lambda.CodeArtifactUserPendingException',
    'Lambda.CodeArtifactUserDeletedException',
    // The account is at its limit of concurrent calls, or Lambda has trouble.
    'Lambda.TooManyRequestsException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.Unknown',
    'Runtime.ExitError',
    'Runtime.OutOfMemory',
    'Runtime.Unknown',
  ],
  IntervalSeconds: 5,
  BackoffRate: 1.5,
  MaxDelaySeconds: 60,
  MaxAttempts: 10,
};

/** Retries temporary errors after 2, 4 and 8 s, for states that delay a backup or prolong the pause. */
export const retryShortly = (...also: ErrorName[]): Retrier[] => [
  retryLambda,
  {
    ErrorEquals: [...also, ...temporary],
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxAttempts: 3,
  },
];

/** 3, 4.5, 6.8, 10.1, 15.2, 20, 20 and 20 s. */
const hundredSeconds = { IntervalSeconds: 3, BackoffRate: 1.5, MaxDelaySeconds: 20, MaxAttempts: 8 };

/**
 * Retries temporary errors for 100 s, for states whose work must not be lost. A retry is safe, because each of these
 * calls looks before it acts.
 */
export const retryForAWhile = (...also: ErrorName[]): Retrier[] => [
  retryLambda,
  { ErrorEquals: [...also, ...temporary], ...hundredSeconds },
];

/**
 * Waits for a component that still takes another backup, such as one of a dead run, at a time when this run does not
 * delay anything: 5, 7.5, 11.3, 16.9, 25.3, 30, 30 and 30 s, together 156 s.
 */
export const retryWhileBusy: Retrier = {
  ErrorEquals: ['ComponentBusy'],
  IntervalSeconds: 5,
  BackoffRate: 1.5,
  MaxDelaySeconds: 30,
  MaxAttempts: 8,
};

/** Exporting must not stay paused, so a resume is retried after every error, with special rules for the first three. */
export const retryResume: Retrier[] = [
  // Another run holds the lock now, and this run must not end the pause of that run.
  { ErrorEquals: ['LockLost'], MaxAttempts: 0 },
  // Exporting is resumed, but the ledger cannot record it until a person frees a disk or grants a permission.
  { ErrorEquals: ['ResumeUnwritable'], ...hundredSeconds },
  // The version of the function is deleted (docs/decisions/0023). When this execution ends, the watchdog resumes.
  { ErrorEquals: ['Lambda.ResourceNotFoundException'], ...hundredSeconds },
  // 46 minutes, longer than a broker takes to restart: after 2, 3, 4.5 … 51 s (150 s in 9 attempts), then every 60 s.
  {
    ErrorEquals: ['States.ALL'],
    IntervalSeconds: 2,
    BackoffRate: 1.5,
    MaxDelaySeconds: 60,
    MaxAttempts: 53,
  },
];

/** Catches every error that is not retried or still occurs after the last retry. */
export const catchAll = <Name extends string>(ResultPath: string, Next: Name): Catcher<Name>[] => [
  { ErrorEquals: ['States.ALL'], ResultPath, Next },
];

/** The part of a Task that calls a function. A payload that is a path passes the value there; `$` is the whole state. */
export function call(functionName: string, payload: Payload | `$${string}`) {
  // The deployment substitutes the function's ARN.
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
 * Backs up the components of a list concurrently. It starts each backup, then waits until the next check is due and
 * checks, until the backup is complete. The input of the functions is `{ run, target, limits }`, and after the start
 * also `progress`.
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
          Retry: retryForAWhile('ComponentBusy'),
          Next: is.wait,
        },
        [is.wait]: { Type: 'Wait', TimestampPath: '$.progress.nextCheckAt', Next: is.check },
        [is.check]: {
          ...call(check, '$'),
          TimeoutSeconds: 90,
          OutputPath: '$.Payload',
          Retry: retryShortly(),
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

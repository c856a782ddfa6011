import type { ErrorName } from '../core/error-names.ts';

/**
 * The kinds of states in our machines, as plain objects with the field names of the
 * [Amazon States Language](https://states-language.net/spec.html), so that a machine is deployed as it is built. Paths
 * are JSONPath, because the embedded engine does not support JSONata.
 *
 * `Name` is the union of the machine's state names, so that a transition to a missing state does not compile.
 */
export interface Definition<Name extends string = string> {
  Comment: string;
  StartAt: Name;
  /** The time limit of the whole execution. */
  TimeoutSeconds: number;
  States: Record<Name, State<Name>>;
}

/** The text of a machine's file. */
export const textOf = (machine: Definition) => `${JSON.stringify(machine, undefined, 2)}\n`;

/** Infers `Name` from the keys of `States`, so that the compiler checks every transition. */
export function definition<Name extends string>(
  machine: Omit<Definition<NoInfer<Name>>, 'States'> & { States: { [K in Name]: State<NoInfer<Name>> } },
): Definition<Name> {
  return machine;
}

export type State<Name extends string> =
  | Task<Name>
  | Choice<Name>
  | Wait<Name>
  | MapState<Name>
  | Succeed
  | Fail;

/** The optional fields that all states share. */
interface Described {
  Comment?: string;
  OutputPath?: string;
}

/** The transitions after a success, and after a failure without further retries. */
type Followed<Name extends string> = { Catch?: Catcher<Name>[] } & ({ Next: Name } | { End: true });

/** The place of a task's result in the state; null discards the result. */
interface WithResult {
  ResultSelector?: Payload;
  ResultPath?: string | null;
}

/** The fields of a payload. A field whose name ends in `.$` contains a path to its value. */
export type Payload = Record<string, string>;

export type Task<Name extends string> = Described &
  WithResult &
  Followed<Name> & {
    Type: 'Task';
    Resource: 'arn:aws:states:::lambda:invoke';
    Parameters: { FunctionName: string; Payload: Payload } | { FunctionName: string; 'Payload.$': string };
    TimeoutSeconds: number;
    Retry: Retrier[];
  };

export type MapState<Name extends string> = Described &
  WithResult &
  Followed<Name> & {
    Type: 'Map';
    ItemsPath: string;
    /** How many items are worked on at the same time; without it, as many as Step Functions starts. */
    MaxConcurrency?: number;
    ItemSelector: Payload;
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' };
      StartAt: string;
      States: Record<string, State<string>>;
    };
  };

interface Choice<Name extends string> extends Described {
  Type: 'Choice';
  Choices: { Variable: string; StringEquals: string; Next: Name }[];
  Default: Name;
}

type Wait<Name extends string> = Described & { Type: 'Wait'; Next: Name } & (
    | { Seconds: number }
    | { TimestampPath: string }
  );

interface Succeed extends Described {
  Type: 'Succeed';
}

interface Fail {
  Type: 'Fail';
  Comment?: string;
  ErrorPath: string;
  CausePath: string;
}

/** The names of errors from Step Functions, Lambda and its sandbox. */
type PlatformError = `${'States' | 'Lambda' | 'Sandbox' | 'Runtime'}.${string}`;

export interface Retrier {
  ErrorEquals: (ErrorName | PlatformError)[];
  IntervalSeconds?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  MaxAttempts: number;
}

export interface Catcher<Name extends string> {
  ErrorEquals: (ErrorName | PlatformError)[];
  ResultPath: string;
  Next: Name;
}

import type { ErrorName } from '../core/errors.ts';

/**
 * The states that our machines are made of, as plain objects with the field names of the
 * [Amazon States Language](https://states-language.net/spec.html): what is built is what is deployed. Paths are
 * JSONPath, because the embedded engine knows no JSONata.
 *
 * `Name` is the union of the machine's states, so that a transition to a state that does not exist does not compile.
 */
export interface Definition<Name extends string = string> {
  Comment: string;
  StartAt: Name;
  /** Of the whole execution. */
  TimeoutSeconds: number;
  States: Record<Name, State<Name>>;
}

/** The text of a file that holds one. */
export const textOf = (machine: Definition) => `${JSON.stringify(machine, undefined, 2)}\n`;

/** Takes the names of the states from the states: every transition is held against them. */
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

/** What every state can say about itself, and what it hands on. */
interface Described {
  Comment?: string;
  OutputPath?: string;
}

/** What happens after a state that worked, and after one that failed for good. */
type Followed<Name extends string> = { Catch?: Catcher<Name>[] } & ({ Next: Name } | { End: true });

/** How a task's result is put into the state; null drops it. */
interface WithResult {
  ResultSelector?: Payload;
  ResultPath?: string | null;
}

/** Values, or (under a name that ends in `.$`) paths to them. */
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

/** The names that errors of Step Functions, Lambda and its sandbox have. */
type PlatformError = `${'States' | 'Lambda' | 'Sandbox'}.${string}`;

export interface Retrier {
  Comment: string;
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

import { endNow } from './end-now.ts';
import type { Started } from './invocation.ts';
import type { Output } from './screen/output.ts';
import { onEnding, onSuspension } from './signals.ts';

/** Everything that a command uses of its process. No other code in cli/ may read it from the process itself. */
export interface Host extends Started {
  /** The arguments after the name of the program. */
  args: string[];
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: Output;
  onEnding: typeof onEnding;
  onSuspension: typeof onSuspension;
  /** Ends the process at once. A second signal calls it. */
  exitNow: (code: number) => void;
  /** Shorter waits of the state machine, for tests. */
  waits?: { waitTimeOverrides?: Record<string, number>; retryIntervalOverrides?: Record<string, number> };
}

export function thisHost(): Host {
  const [, main = '', ...args] = process.argv;
  const { execPath, execArgv, env, stdout, stderr } = process;
  return {
    main,
    args,
    execPath,
    execArgv,
    cwd: process.cwd(),
    env,
    // Opened only if a command asks a person: Node changes the mode of a pipe that it opens, also for the next reader.
    get input() {
      return process.stdin;
    },
    output: { stdout, stderr, env },
    onEnding,
    onSuspension,
    exitNow: endNow,
  };
}

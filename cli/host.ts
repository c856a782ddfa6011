import { endNow } from './end-now.ts';
import type { Started } from './invocation.ts';
import type { Output } from './screen/output.ts';
import { onEnding, onSuspension } from './signals.ts';

/** All that a command has of the process in which it runs: nothing else below cli/ asks for it. */
export interface Host extends Started {
  /** The words behind the program. */
  args: string[];
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: Output;
  onEnding: typeof onEnding;
  onSuspension: typeof onSuspension;
  /** Ends the process at once: the answer to a second signal. */
  exitNow: (code: number) => void;
  /** What the state machine waits for, where that is not as it is written; for tests. */
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
    // Only where somebody is asked: what Node has touched of a pipe stays changed for whoever reads it next.
    get input() {
      return process.stdin;
    },
    output: { stdout, stderr, env },
    onEnding,
    onSuspension,
    exitNow: endNow,
  };
}

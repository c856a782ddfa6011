import type { Command } from 'commander';
import type { Failure } from '../../core/ledger/manifest.ts';
import type { Host } from '../host.ts';

/**
 * A command of the command line. Each has its own file, and index.ts names it. An action loads its code only when it is
 * called, so that `--help` does not load the clients of S3 and of the search engines.
 */
export interface Subcommand {
  /** Adds the options, the help and the action. The action passes its exit code to `ended`. */
  define(command: Command, host: Host, ended: (code: number) => void): void;
  /**
   * Makes the object of `--json` after an error such as a wrong option. It has the same fields as after any other end.
   */
  objectOfError(end: EndedByError): Promise<object>;
}

/** The facts that are known about a command that an error ended. */
interface EndedByError {
  /** The cluster that was named, or the only one of the configuration; null if it is not known. */
  cluster: string | null;
  dryRun: boolean;
  /** The command was called with `--stack`. */
  ofStack: boolean;
  failure: Failure;
  seconds: number;
}

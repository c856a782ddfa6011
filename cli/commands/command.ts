import type { Command } from 'commander';
import type { Failure } from '../../core/ledger/manifest.ts';
import type { Host } from '../host.ts';

/**
 * A command of the command line, in a file of its own; its name is in list.ts. What it does is loaded when it is called:
 * `--help` answers without the clients of S3 and of the search engines.
 */
export interface Subcommand {
  /** Describes it with its options and its help; its action hands its exit code to `ended`. */
  define(command: Command, host: Host, ended: (code: number) => void): void;
  /** The object of `--json` where an error ended it, a wrong option included: the same as after any other end. */
  objectOfError(end: EndedByError): Promise<object>;
}

/** What is known of a command that an error ended. */
interface EndedByError {
  /** The cluster that was named, or the only one of the configuration; null where that is not known. */
  cluster: string | null;
  dryRun: boolean;
  /** The command was called with `--stack`. */
  ofStack: boolean;
  failure: Failure;
  seconds: number;
}

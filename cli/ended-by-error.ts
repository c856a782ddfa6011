import { type Command, CommanderError } from 'commander';
import { BackupError } from '../core/errors.ts';
import { exitCodeOfError, exitCodes } from './exit-codes.ts';
import type { Host } from './host.ts';
import { objectOfError } from './json-on-error.ts';
import { printError, printJson, printLine } from './screen/output.ts';

/** A command, as far as it is known, and when it began. */
export interface Begun {
  command: Command | undefined;
  beganAt: number;
}

/**
 * Says what has ended a command: a user's mistake, or a failure that is known, as sentences; only a bug shows its
 * stack. Returns the exit code.
 */
export async function sayWhatEndedIt(
  error: unknown,
  { command, beganAt }: Begun,
  host: Host,
): Promise<number> {
  const { args, output } = host;
  const code = await complain(error, command, host);
  // Whoever asked for JSON gets it whatever happened, a wrong option included.
  if (code !== exitCodes.done && args.includes('--json')) {
    const seconds = Math.round(performance.now() - beganAt) / 1000;
    printJson(
      output.stdout,
      await objectOfError(command?.name(), args, error, { seconds, chosen: chosenBy(command) }),
    );
  }
  return code;
}

/** The only cluster of a configuration need not be named. */
function chosenBy(command: Command | undefined): string | undefined {
  const cluster: unknown = command?.opts()['cluster'];
  return typeof cluster === 'string' ? cluster : undefined;
}

async function complain(error: unknown, command: Command | undefined, host: Host): Promise<number> {
  const { stderr } = host.output;
  if (error instanceof CommanderError) {
    // Commander has said it already; help is no mistake.
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  if (!(error instanceof BackupError)) {
    printLine(stderr, error instanceof Error ? (error.stack ?? error.message) : String(error));
    const { afterBug } = await import('./commands/configured.ts');
    printLine(stderr, `This is a bug in camunda-backup. ${afterBug(command, host)}`);
    return exitCodes.failed;
  }
  printError(stderr, { message: error.message, remedy: error.remedy });
  return exitCodeOfError(error);
}

import { type Command, CommanderError } from 'commander';
import { BackupError } from '../core/errors.ts';
import { exitCodeOfError, exitCodes } from './exit-codes.ts';
import type { Host } from './host.ts';
import { objectOfError } from './json-on-error.ts';
import { printError, printJson, printLine } from './screen/output.ts';

/** The command if it was recognized, and the time at which it began. */
export interface Begun {
  command: Command | undefined;
  beganAt: number;
}

/**
 * Prints the error that ended a command. A user's mistake and a known failure are printed as sentences; only a bug
 * shows its stack. Returns the exit code.
 */
export async function sayWhatEndedIt(
  error: unknown,
  { command, beganAt }: Begun,
  host: Host,
): Promise<number> {
  const { args, output } = host;
  const code = await complain(error, command, host);
  // With --json there is an object on stdout in every case, also after a wrong option.
  if (code !== exitCodes.done && args.includes('--json')) {
    const seconds = Math.round(performance.now() - beganAt) / 1000;
    printJson(
      output.stdout,
      await objectOfError(command?.name(), args, error, { seconds, chosen: chosenBy(command) }),
    );
  }
  return code;
}

/** The cluster that the command has chosen, which may be the only one of the configuration. */
function chosenBy(command: Command | undefined): string | undefined {
  const cluster: unknown = command?.opts()['cluster'];
  return typeof cluster === 'string' ? cluster : undefined;
}

async function complain(error: unknown, command: Command | undefined, host: Host): Promise<number> {
  const { stderr } = host.output;
  if (error instanceof CommanderError) {
    // Commander has printed its error already. It ends --help with an error too, whose exit code is 0.
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

import type { Command } from 'commander';
import { sayWhatEndedIt } from './ended-by-error.ts';
import { exitCodes } from './exit-codes.ts';
import type { Host } from './host.ts';
import { programOn } from './program.ts';
import { flushed } from './screen/output.ts';

/**
 * Runs the command that `host.args` name, and returns its exit code. The caller passes in everything that belongs to a
 * process, so that several command lines can run in one process.
 */
export async function commandLine(host: Host): Promise<number> {
  const beganAt = performance.now();
  let code: number = exitCodes.done;
  /** The command that was recognized, even if its options are wrong. */
  let called: Command | undefined;
  const program = programOn(host, {
    called: (command) => {
      called = command;
    },
    ended: (exitCode) => {
      code = exitCode;
    },
  });
  try {
    await program.parseAsync(host.args, { from: 'user' });
  } catch (error) {
    code = await sayWhatEndedIt(error, { command: called, beganAt }, host);
  }
  await flushed(host.output);
  return code;
}

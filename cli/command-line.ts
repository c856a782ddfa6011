import type { Command } from 'commander';
import { sayWhatEndedIt } from './ended-by-error.ts';
import { exitCodes } from './exit-codes.ts';
import type { Host } from './host.ts';
import { programOn } from './program.ts';
import { flushed } from './screen/output.ts';

/**
 * The command line, from its words to its exit code. What it has of a process is handed over, so that several can be at
 * work in one.
 */
export async function commandLine(host: Host): Promise<number> {
  const beganAt = performance.now();
  let code: number = exitCodes.done;
  /** Known also where its options are wrong. */
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

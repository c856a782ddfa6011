/** The process that command-process.ts starts. */
import * as z from 'zod';
import { callCommandLine } from './command.ts';
import { shortWaits } from './waits.ts';

const wanted = z.object({ args: z.array(z.string()), cwd: z.string() });

process.on('message', (message) => {
  const { args, cwd } = wanted.parse(message);
  const command = callCommandLine(args, { cwd, waits: shortWaits });
  void command.ended.then(({ code, stdout, stderr }) => process.send?.({ code, stdout, stderr }));
});

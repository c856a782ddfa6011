/**
 * A process that a test will kill. It starts a run with the configuration of each given folder, and each run waits at
 * the call where the test holds it (ledger-gate.ts).
 */
import './ledger-gate.ts';
import * as z from 'zod';
import { callCommandLine } from './command.ts';
import { shortWaits } from './waits.ts';

/** A held run must wait, however long the other runs take to reach their calls. */
AbortSignal.timeout = () => new AbortController().signal;

const runs = z.array(z.object({ folder: z.string(), args: z.array(z.string()), short: z.boolean() }));

for (const { folder, args, short } of runs.parse(JSON.parse(process.argv[2] ?? ''))) {
  const run = callCommandLine(args, { cwd: folder, ...(short ? { waits: shortWaits } : {}) });
  void run.ended.then(({ code, stderr }) => process.send?.({ folder, code, stderr }));
}

/**
 * A process that is to be killed: in each of the folders that it is told of, a run works with the configuration that
 * is there, and each waits where the test holds it (ledger-gate.ts).
 */
import './ledger-gate.ts';
import * as z from 'zod';
import { callCommandLine } from './command.ts';
import { shortWaits } from './waits.ts';

/** Whoever is held stays held, however long the others take to come where they are held. */
AbortSignal.timeout = () => new AbortController().signal;

const runs = z.array(z.object({ folder: z.string(), args: z.array(z.string()), short: z.boolean() }));

for (const { folder, args, short } of runs.parse(JSON.parse(process.argv[2] ?? ''))) {
  const run = callCommandLine(args, { cwd: folder, ...(short ? { waits: shortWaits } : {}) });
  void run.ended.then(({ code, stderr }) => process.send?.({ folder, code, stderr }));
}

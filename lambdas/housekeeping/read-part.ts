import * as z from 'zod';
import { run } from '../../core/ledger/run.ts';
import { readPartOf } from '../../core/verify/in-parts.ts';
import { part } from '../../core/verify/parts.ts';
import type { FunctionDefinition } from '../definition.ts';
import { handler } from '../handler.ts';

/** ReadPart: `{ run, part }` → how much was read, and which files differ or could not be compared. */
export const work = handler(z.strictObject({ run, part }), ({ run, part }, context) =>
  readPartOf(run, part, context),
);

export const definition: FunctionDefinition = {
  file: 'housekeeping/read-part.ts',
  description: "Reads some files of Zeebe's snapshots, and compares them with their checksums",
  // The longest that Lambda allows is 900 s. A part is made for less than ten minutes.
  timeoutSeconds: 890,
  // Only a function of this size gets a whole processor, which decompresses and computes the checksums.
  memoryMegabytes: 1769,
  needs: ['cluster', 'configuration', 'zeebeStore'],
  ledger: { read: ['use'], write: ['use'] },
};

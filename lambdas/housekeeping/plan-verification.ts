import * as z from 'zod';
import { run } from '../../core/ledger/run.ts';
import { planVerification } from '../../core/verify/in-parts.ts';
import { type FunctionDefinition, largeMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/** PlanVerification: `{ run, readData }` → `{ run, verifiedAt, readData, data, parts }`, the parts of the contents to read. */
export const work = handler(z.strictObject({ run, readData: z.boolean() }), ({ run, readData }, context) =>
  planVerification(run, { readData }, context),
);

export const definition: FunctionDefinition = {
  file: 'housekeeping/plan-verification.ts',
  description: "Marks a backup as in use, and divides the files of Zeebe's snapshots into parts",
  // It lists every file of the backup in Zeebe's store.
  timeoutSeconds: 290,
  memoryMegabytes: largeMemory,
  needs: ['cluster', 'configuration', 'zeebeStore'],
  ledger: { read: ['manifest', 'use'], write: ['use'] },
};

import * as z from 'zod';
import { describeSnapshots } from '../../core/backup/describe-snapshots.ts';
import { run } from '../../core/ledger/run.ts';
import { type FunctionDefinition, largeMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/** DescribeSnapshots: `{ run }` → `{ unknown }`, the number of things that could not be read */
export const work = handler(z.strictObject({ run }), ({ run }, context) => describeSnapshots(run, context));

export const definition: FunctionDefinition = {
  file: 'backup/describe-snapshots.ts',
  description: 'Writes down what the snapshots hold, and what the search engine is, for a restore',
  // What is not answered after 25 s is not known; the rest is for the ledger.
  timeoutSeconds: 50,
  memoryMegabytes: largeMemory,
  needs: ['cluster', 'secrets', 'search', 'configuration'],
  ledger: { read: ['entry', 'restoreFacts', 'snapshots'], write: ['restoreFacts', 'snapshots'] },
};

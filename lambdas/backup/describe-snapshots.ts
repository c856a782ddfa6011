import * as z from 'zod';
import { describeSnapshots } from '../../core/backup/describe-snapshots.ts';
import { run } from '../../core/ledger/run.ts';
import { type FunctionDefinition, largeMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/** DescribeSnapshots: `{ run }` → `{ unknown }`, the number of facts that could not be read. */
export const work = handler(z.strictObject({ run }), ({ run }, context) => describeSnapshots(run, context));

export const definition: FunctionDefinition = {
  file: 'backup/describe-snapshots.ts',
  description: 'Records facts about the snapshots and the search engine for a restore',
  // Facts without an answer after 25 s count as unknown. The rest of the time is for the ledger.
  timeoutSeconds: 50,
  memoryMegabytes: largeMemory,
  needs: ['cluster', 'secrets', 'search', 'configuration'],
  ledger: { read: ['entry', 'restoreFacts', 'snapshots'], write: ['restoreFacts', 'snapshots'] },
};

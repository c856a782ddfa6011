import { parseArgs } from 'node:util';
import * as z from 'zod';
import { restoreBroker } from './restoring.ts';

const USAGE = `node simulator/zeebe/restore.ts --backup-id N --store s3://BUCKET/PATH|DIR --data DIR
  --partitions N      default 3
  --camunda VERSION   default 8.8

Restores the simulated broker's data directory from a completed backup, as Zeebe's bin/restore does. DIR is the folder
zeebe in the simulator's --data. It exits with 1 if DIR is not empty or the backup cannot be restored.`;

const schema = z.object({
  'backup-id': z.coerce.number().int().positive(),
  store: z.string(),
  data: z.string(),
  partitions: z.coerce.number().int().positive(),
  camunda: z.string().regex(/^8\.\d+$/),
});

const { values } = parseArgs({
  options: {
    'backup-id': { type: 'string' },
    store: { type: 'string' },
    data: { type: 'string' },
    partitions: { type: 'string', default: '3' },
    camunda: { type: 'string', default: '8.8' },
  },
});
const read = schema.safeParse(values);
if (!read.success) {
  console.error(USAGE);
  process.exit(2);
}
const { 'backup-id': backupId, ...options } = read.data;
try {
  await restoreBroker({ backupId, ...options });
  console.log(`Successfully restored broker from backup ${backupId}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

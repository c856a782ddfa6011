import { parseArgs } from 'node:util';
import * as z from 'zod';
import { restoreBroker } from './zeebe/index.ts';

const USAGE = `node simulator/restore.ts --backup-id N --store s3://BUCKET/PATH|DIR --data DIR
  --partitions N      default 3
  --camunda VERSION   default 8.8

Restores the simulated broker's data directory from a completed backup, as Zeebe's bin/restore does. DIR is the folder
zeebe in the simulator's --data. It exits with 1 if DIR is not empty or the backup cannot be restored.`;

const count = z.coerce.number().int().positive();
const schema = z.object({
  'backup-id': count,
  store: z.string(),
  data: z.string(),
  partitions: count.default(3),
  camunda: z.templateLiteral(['8.', z.int()]).default('8.8'),
});

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: { 'backup-id': text, store: text, data: text, partitions: text, camunda: text },
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

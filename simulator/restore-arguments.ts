import { parseArgs } from 'node:util';
import * as z from 'zod';
import { Mistake } from './mistake.ts';

export const USAGE = `node simulator/restore.ts --backup-id N --store s3://BUCKET/PATH|DIR --data DIR
  --partitions N      default 3
  --camunda VERSION   default 8.8

Restores the simulated broker's data directory from a completed backup, as Zeebe's bin/restore does. DIR is the folder
zeebe in the simulator's --data. It exits with 1 if DIR is not empty or the backup cannot be restored.`;

const needed = z.string({ error: 'is missing' });
const count = z.coerce
  .number({ error: 'is missing or not a number' })
  .int({ error: 'is not a whole number' })
  .positive({ error: 'is not above 0' });
const schema = z.object({
  'backup-id': count,
  store: needed,
  data: needed,
  partitions: count.default(3),
  camunda: z.templateLiteral(['8.', z.int()], { error: 'is not a version such as 8.8' }).default('8.8'),
});

type RestoreArguments = z.infer<typeof schema>;

/** Throws a `Mistake`. */
export function readRestoreArguments(args: string[]): RestoreArguments | 'help' {
  const { help, ...typed } = parse(args);
  return help ? 'help' : read(typed);
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const options = { 'backup-id': text, store: text, data: text, partitions: text, camunda: text };
  try {
    return parseArgs({ args, options: { ...options, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    // An option is unknown or lacks its value.
    throw new Mistake(error instanceof Error ? error.message : String(error));
  }
}

function read(typed: object): RestoreArguments {
  const { success, data, error } = schema.safeParse(typed);
  if (success) return data;
  throw new Mistake(error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'));
}

import * as z from 'zod';
import { inventory } from '../../core/inventory/backup.ts';
import { type Failure, failure } from '../../core/ledger/manifest.ts';
import { jsonFormat } from '../screen/output.ts';

/** The object of `list --json`. docs/reference/list.schema.json is made from it. */
export const listResult = z.strictObject({
  format: z.literal(jsonFormat),
  ...inventory.shape,
  cluster: z.string().nullable().describe('null if an error came before the cluster was known.'),
  failure: failure.nullable().describe('The error that ended the command; null if there was none.'),
});
export type ListResult = Omit<z.infer<typeof listResult>, 'format'>;

/** The object of `--json` for a list that an error ended. */
export function failedList(cluster: string | null, failure: Failure): ListResult {
  return {
    cluster,
    newestUsable: null,
    newestVerified: null,
    backups: [],
    more: false,
    sources: [],
    failure,
  };
}

import * as z from 'zod';
import { inventory } from '../../core/inventory/backup.ts';
import { shownBackup } from '../../core/inventory/shown.ts';
import { source } from '../../core/inventory/sources.ts';
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

/** The object of `show --json`. docs/reference/show.schema.json is made from it. */
export const showResult = z.strictObject({
  format: z.literal(jsonFormat),
  cluster: z.string().nullable().describe('null if an error came before the cluster was known.'),
  ...shownBackup.partial().shape,
  backup: shownBackup.shape.backup
    .nullable()
    .describe('null if no source that was asked knows the backup, or an error ended the command.'),
  sources: z.array(source).describe('The sources that were asked.'),
  failure: failure.nullable().describe('The error that ended the command; null if there was none.'),
});
export type ShowResult = Omit<z.infer<typeof showResult>, 'format'>;

/** The object of `--json` if there is nothing to show. */
export function nothingShown(
  cluster: string | null,
  failure: Failure,
  sources: ShowResult['sources'] = [],
): ShowResult {
  return { cluster, backup: null, sources, failure };
}

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

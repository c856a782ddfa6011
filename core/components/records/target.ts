import * as z from 'zod';
import type { ClusterConfig } from '../../config/schema.ts';
import { connectionSettings } from '../../connect/address.ts';
import { paced } from '../managed.ts';

export const recordsTarget = z.strictObject({
  kind: z.literal('records'),
  component: z.enum(['records']),
  engine: z.enum(['elasticsearch', 'opensearch']),
  url: z.string(),
  ...connectionSettings,
  repository: z.string(),
  /** Such as `zeebe-record*`. */
  indexPattern: z.string(),
  version: z.string().optional(),
  ...paced,
});
export type RecordsTarget = z.infer<typeof recordsTarget>;

/** Reads the place of the records from the configuration; undefined if the records are not configured. */
export function recordsTargetOf(
  { search, records }: ClusterConfig,
  version?: string,
): RecordsTarget | undefined {
  if (!search || !records) return undefined;
  return {
    kind: 'records',
    component: 'records',
    ...search,
    ...(version ? { version } : {}),
    indexPattern: `${records.indexPrefix}*`,
  };
}

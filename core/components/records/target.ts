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

/** Returns the place of the records, which the configuration says. */
export function recordsTargetOf(
  search: NonNullable<ClusterConfig['search']>,
  records: NonNullable<ClusterConfig['records']>,
  version: string | undefined,
): RecordsTarget {
  return {
    kind: 'records',
    component: 'records',
    ...search,
    ...(version ? { version } : {}),
    indexPattern: `${records.indexPrefix}*`,
  };
}

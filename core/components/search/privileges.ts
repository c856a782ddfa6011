import { type BackupError, isBackupError } from '../../errors.ts';
import type { SearchAddress, SearchEngine } from './engine.ts';

/** The calls whose answers only a restore needs. A user without the right to make them can still take a backup. */
export type RestoreCall = keyof Pick<
  SearchEngine,
  | 'version'
  | 'snapshot'
  | 'nodes'
  | 'counts'
  | 'snapshotFiles'
  | 'indexTemplates'
  | 'componentTemplates'
  | 'policies'
>;

/**
 * The privilege that each call needs, by the engines' own names:
 * [Elasticsearch](https://www.elastic.co/docs/reference/elasticsearch/security-privileges),
 * [OpenSearch](https://docs.opensearch.org/latest/security/access-control/permissions/).
 */
const privileges: Record<SearchAddress['engine'], Record<RestoreCall, string>> = {
  elasticsearch: {
    version: 'the cluster privilege monitor',
    snapshot: 'the cluster privilege create_snapshot',
    nodes: 'the cluster privilege monitor',
    counts: 'the index privilege monitor on the indices of Camunda',
    snapshotFiles: 'the cluster privilege create_snapshot',
    indexTemplates: 'the cluster privilege monitor',
    componentTemplates: 'the cluster privilege monitor',
    policies: 'the cluster privilege read_ilm',
  },
  opensearch: {
    version: 'the permission cluster:monitor/main',
    snapshot: 'the permission cluster:admin/snapshot/get',
    nodes: 'the permission cluster:monitor/nodes/info',
    counts: 'the permission indices:monitor/stats on the indices of Camunda',
    snapshotFiles: 'the permission cluster:admin/snapshot/status',
    indexTemplates: 'the permission indices:admin/index_template/get',
    componentTemplates: 'the permission cluster:admin/component_template/get',
    policies: 'the permission cluster:admin/opendistro/ism/policy/search',
  },
};

/** Names the missing privilege if the engine refused a call with 403; undefined if it failed for another reason. */
export function missingPrivilege(
  { engine }: Pick<SearchAddress, 'engine'>,
  call: RestoreCall,
  error: BackupError,
): string | undefined {
  return isBackupError(error, 'RequestRefused') && error.status === 403
    ? privileges[engine][call]
    : undefined;
}

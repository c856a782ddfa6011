import type { Failure } from '../../core/ledger/manifest.ts';
import type { ClusterStatus } from './cluster-status.ts';

/** The object of `--json`. */
export interface StatusResult {
  ok: boolean;
  /** The cluster that was named; null where none was: every one is looked at. */
  cluster: string | null;
  clusters: ClusterStatus[];
  /** Why there is nothing to show, where an error ended the command. */
  failure: Failure | null;
}

export function failedStatus(cluster: string | null, failure: Failure): StatusResult {
  return { ok: false, cluster, clusters: [], failure };
}

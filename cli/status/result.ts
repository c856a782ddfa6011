import type { Failure } from '../../core/ledger/manifest.ts';
import type { ClusterStatus } from './cluster-status.ts';

/** The object of `--json`. */
export interface StatusResult {
  ok: boolean;
  /** The cluster that the user named; null if the command looked at all of them. */
  cluster: string | null;
  clusters: ClusterStatus[];
  /** The error that ended the command, or null. */
  failure: Failure | null;
}

export function failedStatus(cluster: string | null, failure: Failure): StatusResult {
  return { ok: false, cluster, clusters: [], failure };
}

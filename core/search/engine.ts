import type { Auth } from '../secrets.ts';

/** Where the search engine is and which of the two it is: part of the plan, so no secret in it. */
export interface SearchAddress {
  engine: 'elasticsearch' | 'opensearch';
  url: string;
  auth?: Auth | undefined;
}

export interface Snapshot {
  name: string;
  /** `SUCCESS`, `IN_PROGRESS`, `PARTIAL`, `FAILED`, `INCOMPATIBLE`. */
  state: string;
  indices: string[];
  shards: { total: number; successful: number; failed: number };
  /** What was written beside the snapshot when it was taken. */
  metadata: Record<string, unknown>;
  /** ISO-8601; undefined while it runs. */
  startedAt?: string | undefined;
  endedAt?: string | undefined;
  failures: string[];
}

export type Creation = 'accepted' | 'name-taken';

/**
 * Snapshots in Elasticsearch and OpenSearch, as far as the procedure needs them. Implemented on the official
 * clients; where the two answer differently is in elasticsearch.ts and opensearch.ts.
 *
 * All methods throw Unreachable, AddressUnusable, ServerTrouble, RequestRefused or UnexpectedAnswer.
 */
export interface SearchEngine {
  /** Such as `elasticsearch 8.16.6`. Throws UnexpectedAnswer when it is the other engine. */
  version(): Promise<string>;
  /** True where a snapshot repository of this name is registered. */
  hasRepository(repository: string): Promise<boolean>;
  /** Has every node write to the repository. */
  verifyRepository(repository: string): Promise<void>;
  /** Names of the indices that a pattern matches; empty for none. */
  indices(pattern: string): Promise<string[]>;
  /** Starts a snapshot and does not wait for it. */
  createSnapshot(
    repository: string,
    name: string,
    indices: string,
    metadata: Record<string, unknown>,
  ): Promise<Creation>;
  snapshot(repository: string, name: string): Promise<Snapshot | undefined>;
  /** Every snapshot whose name begins with `prefix`. */
  snapshots(repository: string, prefix: string): Promise<Snapshot[]>;
  deleteSnapshot(repository: string, name: string): Promise<void>;
  /** Names of the snapshots that are being deleted, where that spoils a snapshot which begins meanwhile. */
  deletionsInTheWay(repository: string): Promise<string[]>;
  close(): Promise<void>;
}

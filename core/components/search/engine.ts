import type { Address } from '../../connect/address.ts';
import type { Inventory } from './inventory.ts';
import type { Repository } from './repository.ts';

/** Where the search engine is and which of the two it is: part of the plan, so no secret in it. */
export interface SearchAddress extends Address {
  engine: 'elasticsearch' | 'opensearch';
}

export interface Snapshot {
  name: string;
  /** The engine's own name of it: a snapshot that is taken again under the same name has another one. */
  uuid?: string | undefined;
  /** Of the engine that took it: an older one cannot restore it. */
  version?: string | undefined;
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

type Creation = 'accepted' | 'name-taken';

/**
 * Snapshots in Elasticsearch and OpenSearch, as far as the procedure needs them. Implemented on the official
 * clients; where the two answer differently is in elasticsearch.ts and opensearch.ts.
 *
 * All methods throw Unreachable, AddressUnusable, ServerTrouble, RequestRefused or UnexpectedAnswer.
 */
export interface SearchEngine extends Inventory {
  /** Such as `elasticsearch 8.16.6`. Throws UnexpectedAnswer when it is the other engine. */
  version(): Promise<string>;
  /** Undefined where no snapshot repository of this name is registered. */
  repository(name: string): Promise<Repository | undefined>;
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
  /**
   * Names of the snapshots that begin with `prefix`, without a look into any of them: a repository may have thousands,
   * and one that another tool has left damaged would refuse the whole list.
   */
  snapshotNames(repository: string, prefix: string): Promise<string[]>;
  /** Names of the snapshots that are being taken: the engine knows them without a look at the repository. */
  runningSnapshots(repository: string): Promise<string[]>;
  deleteSnapshot(repository: string, name: string): Promise<void>;
  /** Names of the snapshots that are being deleted, where that spoils a snapshot which begins meanwhile. */
  deletionsInTheWay(repository: string): Promise<string[]>;
  close(): Promise<void>;
}

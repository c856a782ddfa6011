import type { Address } from '../../connect/address.ts';
import type { Inventory } from './inventory.ts';
import type { Repository } from './repository.ts';

/** The address of a search engine and the engine's name. It is a part of the plan and contains no secret. */
export interface SearchAddress extends Address {
  engine: 'elasticsearch' | 'opensearch';
}

export interface Snapshot {
  name: string;
  /** The engine's own id. A second snapshot under the same name has another one. */
  uuid?: string | undefined;
  /** The version of the engine that took the snapshot. An older engine cannot restore it. */
  version?: string | undefined;
  /** `SUCCESS`, `IN_PROGRESS`, `PARTIAL`, `FAILED`, `INCOMPATIBLE`. */
  state: string;
  indices: string[];
  shards: { total: number; successful: number; failed: number };
  /** The metadata from the request that created the snapshot. */
  metadata: Record<string, unknown>;
  startedAt?: string | undefined;
  /** ISO 8601; undefined while the snapshot runs. */
  endedAt?: string | undefined;
  failures: string[];
}

type Creation = 'accepted' | 'name-taken';

/**
 * The calls of Elasticsearch and OpenSearch that the procedure needs. elasticsearch.ts and opensearch.ts implement them
 * with the official clients and hide the differences between the two.
 *
 * All methods throw Unreachable, AddressUnusable, ServerTrouble, RequestRefused or UnexpectedAnswer.
 */
export interface SearchEngine extends Inventory {
  /** Returns name and version, such as `elasticsearch 8.16.6`. Throws UnexpectedAnswer if it is the other engine. */
  version(): Promise<string>;
  /** Reads a snapshot repository; undefined if none is registered under this name. */
  repository(name: string): Promise<Repository | undefined>;
  /** Makes every node write to the repository. */
  verifyRepository(repository: string): Promise<void>;
  /** Lists the names of the indices that match a pattern. */
  indices(pattern: string): Promise<string[]>;
  /** Starts a snapshot and does not wait until it is complete. */
  createSnapshot(
    repository: string,
    name: string,
    indices: string,
    metadata: Record<string, unknown>,
  ): Promise<Creation>;
  snapshot(repository: string, name: string): Promise<Snapshot | undefined>;
  /** Reads the snapshots whose names match a pattern with wildcards. One that is damaged may be missing. */
  snapshots(repository: string, pattern: string): Promise<Snapshot[]>;
  /**
   * Lists the names of the snapshots that begin with `prefix`, which may contain wildcards. It does not read the snapshots, because a repository may
   * have thousands, and a single damaged one would make the engine refuse the whole list.
   */
  snapshotNames(repository: string, prefix: string): Promise<string[]>;
  /** Lists the names of the running snapshots, which the engine knows without reading the repository. */
  runningSnapshots(repository: string): Promise<string[]>;
  deleteSnapshot(repository: string, name: string): Promise<void>;
  /** Lists the snapshots that are being deleted, if the deletion can damage a snapshot that begins meanwhile. */
  deletionsInTheWay(repository: string): Promise<string[]>;
  close(): Promise<void>;
}

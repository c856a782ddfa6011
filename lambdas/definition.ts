import type * as keys from '../core/ledger/keys.ts';

/**
 * What a function is made of and what it may do. It stands beside the function's `work` in its file; infra/functions.ts
 * deploys from it, and docs/deployment.md shows it. A bundle leaves it out, because nothing in Lambda reads it.
 */
export interface FunctionDefinition {
  /** From this folder on; it exports `work`. */
  file: `${string}.ts`;
  /** A sentence for the console. */
  description: string;
  /** Lambda's own limit; below the TimeoutSeconds of the states that call it, so that the error is Lambda's. */
  timeoutSeconds: number;
  memoryMegabytes: number;
  needs: Need[];
  /** The documents of the ledger that it reads and writes, of any cluster. */
  ledger: { read: LedgerDocument[]; write: LedgerDocument[] };
}

/** A kind of document that the ledger has a key for. */
export type LedgerDocument = keyof typeof keys;

type Need =
  /** Talks to the cluster: is put into the VPC, where there is one. */
  | 'cluster'
  /** Reads the secrets that the configuration names. */
  | 'secrets'
  /** Is bundled with the clients of Elasticsearch and OpenSearch. */
  | 'search'
  /** Is bundled with the configuration (which holds no secret). */
  | 'configuration'
  /** Publishes to the alerts topic. */
  | 'alerts'
  /** Lists the backups of a cluster in the ledger. */
  | 'listOfBackups'
  /** Describes and stops executions of the state machine. */
  | 'executions';

/**
 * 256 MB: the bundles need about 100 MB, and a function's CPU grows with its memory: below it the start takes
 * longer than the work. With the search clients 512 MB.
 */
export const smallMemory = 256;
export const largeMemory = 512;

import type * as keys from '../core/ledger/keys.ts';

/**
 * The settings and permissions of a function. Each handler's file exports it beside its `work`. infra/functions.ts
 * deploys from it, and docs/deployment.md shows it. Bundles omit it, because nothing in Lambda reads it.
 */
export interface FunctionDefinition {
  /** The path below lambdas/ of the file that exports `work`. */
  file: `${string}.ts`;
  /** The description that the Lambda console shows. */
  description: string;
  /** Lambda's time limit. It is below the TimeoutSeconds of the calling states, so that Lambda's own error arrives. */
  timeoutSeconds: number;
  memoryMegabytes: number;
  /** A trace of each of its thousands of calls a month would cost more than the calls, and nobody looks at them. */
  untraced?: true;
  needs: Need[];
  /** The kinds of documents that it reads and writes in the ledger, for every cluster. */
  ledger: { read: LedgerDocument[]; write: LedgerDocument[] };
}

/** A kind of document that the ledger has a key for. */
export type LedgerDocument = keyof typeof keys;

type Need =
  /** Calls the cluster, so that it runs in the VPC if one is configured. */
  | 'cluster'
  /** Reads the secrets that the configuration names. */
  | 'secrets'
  /** Is bundled with the clients of Elasticsearch and OpenSearch. */
  | 'search'
  /** Is bundled with the configuration, which contains no secret. */
  | 'configuration'
  /** Reads Zeebe's backup store where the configuration names a bucket of S3. */
  | 'zeebeStore'
  /** Publishes to the alerts topic. */
  | 'alerts'
  /** Sends events to the default bus of EventBridge. */
  | 'events'
  /** Looks who receives the alerts. */
  | 'recipients'
  /** Lists the backups of a cluster in the ledger. */
  | 'listOfBackups'
  /** Lists what the ledger has of a cluster at all. */
  | 'listOfCluster'
  /** Describes executions of the state machine, to see whether the owner of a lock lives. */
  | 'executionStates'
  /** Describes and stops executions of the state machine. */
  | 'executions'
  /** Answers CloudFormation, and looks at the stack and at running executions. It gets no address of the ledger. */
  | 'stack';

/**
 * The bundles need about 100 MB. A function's CPU grows with its memory, and below 256 MB the start takes longer than
 * the work. Functions with the search clients need 512 MB.
 */
export const smallMemory = 256;
export const largeMemory = 512;

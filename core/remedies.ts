import type { ErrorName } from './error-names.ts';

/** Known words of a server, and their meaning. */
interface Saying {
  says: RegExp;
  /** The instruction for the reader. */
  remedy?: string;
  /** The error for an answer with these words, if the status alone does not decide it. */
  name?: 'ComponentBusy' | 'ServerTrouble' | 'RequestRefused';
  /** After a backup that failed with these words, another attempt is likely to succeed. */
  passes?: true;
}

/** The server whose answer contains the words. Words of `anybody` may come from any server, even repeated by another one. */
type Source = 'management' | 'search' | 'anybody';

/**
 * Known words of servers, with their remedies. The patterns come from Camunda's issues and from recordings. They are
 * searched once, where a server's answer is read. The error that is made there has the remedy.
 */
const sayings: Record<Source, Saying[]> = {
  management: [
    {
      says: /another backup is running/i,
      name: 'ComponentBusy',
      remedy: 'Wait until the backup that this component is taking has ended, then start again.',
    },
    // Operate answers 400 for this, and the other components answer 502.
    { says: /error connecting to (elasticsearch|opensearch)/i, name: 'ServerTrouble' },
    {
      says: /no backup store is configured/i,
      remedy: 'Configure a backup store for the brokers (zeebe.broker.data.backup.store) and restart them.',
    },
    {
      says: /no backup repository configured/i,
      remedy:
        "Set the component's backup repository (such as CAMUNDA_OPERATE_BACKUP_REPOSITORYNAME) and restart it.",
    },
    {
      says: /predetermined backupId when continuous/i,
      remedy:
        'This cluster generates its own backup ids (continuous backups or a schedule): turn that off to back up under one id.',
    },
  ],
  search: [
    // Both engines answer 500 with these words until a person registers the repository again.
    {
      says: /readonly repository|repository is readonly/,
      name: 'RequestRefused',
      remedy:
        'Register the repository again without `readonly` (PUT _snapshot/NAME with its type and settings).',
    },
    {
      says: /do not match its expected state|disabled to prevent data corruption/,
      name: 'RequestRefused',
      remedy:
        'Find out what else writes into this repository or has changed its files; then register it again (PUT _snapshot/NAME).',
    },
    {
      says: /repository_missing/,
      remedy: 'Register the snapshot repository under this name, or correct `search.repository`.',
    },
    {
      says: /repository_verification|repository_exception/,
      remedy:
        'Check that every node of the search engine can write to the repository (POST _snapshot/NAME/_verify).',
    },
    {
      says: /concurrent_snapshot_execution/,
      remedy:
        'Wait until the snapshots that are being taken or deleted in this repository have ended, then start again.',
    },
  ],
  anybody: [
    {
      says: /leader change/i,
      passes: true,
      remedy:
        'A broker restarted or lost its leadership during the backup, which ends it by design. Back up again.',
    },
    {
      says: /expected to reserve snapshot|cannot find a snapshot that can be included|snapshot .* (was )?deleted/i,
      passes: true,
      remedy:
        'The broker took or dropped a snapshot of its own at the same moment (a known race). Back up again.',
    },
    {
      says: /acquire operation took longer|connection pool/i,
      remedy:
        'The broker has more segments than its S3 client has connections: raise maxConcurrentConnections and connectionAcquisitionTimeout of the backup store.',
    },
    {
      says: /SdkClientException: Unable to execute HTTP request/,
      remedy:
        'The broker does not reach its backup store: see whether the store is up, and check its endpoint and the network between them.',
    },
    {
      says: /content-?md5|MissingContentMD5/i,
      remedy:
        'This S3-compatible store needs MD5 checksums: set ZEEBE_BROKER_DATA_BACKUP_S3_SUPPORTLEGACYMD5=true on the brokers.',
    },
    {
      says: /(Access ?Denied|not authorized|InvalidAccessKeyId|SignatureDoesNotMatch)/i,
      remedy:
        'The component may not write to its store or repository: check its role, keys and the bucket policy.',
    },
    {
      says: /NoSuchBucket|bucket does not exist/i,
      remedy:
        'The bucket of the backup store does not exist: correct its name in the configuration of the brokers.',
    },
    {
      says: /(socket|read) time-?out|30,?000 milliseconds/i,
      remedy:
        'The component gave up waiting for a snapshot: raise CAMUNDA_OPERATE_BACKUP_SNAPSHOTTIMEOUT (or its equivalent), and restart the component if its queue is stuck.',
    },
    {
      says: /repository_missing|no repository with name|repository .* (missing|not registered)/i,
      remedy:
        'Register the snapshot repository again: it is part of the cluster state, which a restart with empty data loses.',
    },
    {
      says: /unassigned primary shards|don't have primary shards|primary shard is not allocated/i,
      remedy:
        'The search engine has red indices: bring their primary shards back first (GET _cluster/allocation/explain).',
    },
    {
      says: /SnapshotShardFailure|reason("?:"|=)skipped/,
      passes: true,
      remedy:
        'The search engine omitted a shard from a snapshot: it was deleting other snapshots meanwhile (observed with OpenSearch), or it lacked that shard. Back up again when it deletes no snapshots and its indices are green.',
    },
    {
      says: /Expected \d+ members of partition|found only \d+ partitions|topology/i,
      remedy:
        'Brokers are missing: wait until all of them are back (GET /actuator/cluster), then back up again.',
    },
    {
      says: /No space left|disk usage|read-only-allow-delete|flood-stage/i,
      remedy: 'A disk is full: free space on the brokers or the search engine before the next backup.',
    },
  ],
};

/** The meaning of a server's words; `{}` if they are not known. */
export function sayingIn(words: string, source: Source = 'anybody'): Omit<Saying, 'says'> {
  return sayings[source].find(({ says }) => says.test(words)) ?? {};
}

/** The remedy for a server's words; undefined if none is known. */
export function adviceFor(words: string, source?: Source): string | undefined {
  return sayingIn(words, source).remedy;
}

/** Chooses the error for a component's failed backup by the component's own words. */
export function failedBackup(reason: string): 'ComponentBackupFailed' | 'ComponentBackupInterrupted' {
  return sayings.anybody.some(({ says, passes }) => passes && says.test(reason))
    ? 'ComponentBackupInterrupted'
    : 'ComponentBackupFailed';
}

/** The remedies for errors that have no other one, by their names. */
const byName: Partial<Record<ErrorName, string>> = {
  LedgerError: 'See whether something else changes or holds the ledger at the same time; then start again.',
  LedgerCorrupt: 'Do not change or remove documents of the ledger while a backup runs.',
  LockLost:
    'The run has ended, or another process has repaired it while it was running: see its manifest, and start a new backup.',
  BackupIdRefused: 'Start again with a higher id, or without one.',
  PauseFailed: 'See the logs of the brokers, and start a new backup.',
  ResumeFailed:
    'See the logs of the brokers. The run retries the resume until the brokers report that they export.',
  UnexpectedAnswer:
    'See whether a newer camunda-backup knows this answer, and whether the url is the one of this server.',
  ComponentBackupFailed: 'See the log of this component, and start a new backup.',
  ComponentBackupInterrupted: 'Back up again.',
  VerificationFailed: 'The backup is not complete: see the log of the component, and start a new backup.',
};

export function remedyByName(name: ErrorName): string | undefined {
  return byName[name];
}

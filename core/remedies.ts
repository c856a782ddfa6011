import type { BackupError, ErrorName } from './errors.ts';

/**
 * Remedies for known failures, found by the server's own words. The patterns come from Camunda's issues and from
 * recordings. An error without its own remedy gets the one from here.
 */
const known: { says: RegExp; advice: string; passes?: true }[] = [
  {
    says: /leader change/i,
    passes: true,
    advice:
      'A broker restarted or lost its leadership during the backup, which ends it by design. Back up again.',
  },
  {
    says: /expected to reserve snapshot|cannot find a snapshot that can be included|snapshot .* (was )?deleted/i,
    passes: true,
    advice:
      'The broker took or dropped a snapshot of its own at the same moment (a known race). Back up again.',
  },
  {
    says: /acquire operation took longer|connection pool/i,
    advice:
      'The broker has more segments than its S3 client has connections: raise maxConcurrentConnections and connectionAcquisitionTimeout of the backup store.',
  },
  {
    says: /SdkClientException: Unable to execute HTTP request/,
    advice:
      'The broker does not reach its backup store: see whether the store is up, and check its endpoint and the network between them.',
  },
  {
    says: /content-?md5|MissingContentMD5/i,
    advice:
      'This S3-compatible store needs MD5 checksums: set ZEEBE_BROKER_DATA_BACKUP_S3_SUPPORTLEGACYMD5=true on the brokers.',
  },
  {
    says: /(Access ?Denied|not authorized|InvalidAccessKeyId|SignatureDoesNotMatch)/i,
    advice:
      'The component may not write to its store or repository: check its role, keys and the bucket policy.',
  },
  {
    says: /NoSuchBucket|bucket does not exist/i,
    advice:
      'The bucket of the backup store does not exist: correct its name in the configuration of the brokers.',
  },
  {
    says: /(socket|read) time-?out|30,?000 milliseconds/i,
    advice:
      'The component gave up waiting for a snapshot: raise CAMUNDA_OPERATE_BACKUP_SNAPSHOTTIMEOUT (or its equivalent), and restart the component if its queue is stuck.',
  },
  {
    says: /repository_missing|no repository with name|repository .* (missing|not registered)/i,
    advice:
      'Register the snapshot repository again: it is part of the cluster state, which a restart with empty data loses.',
  },
  {
    says: /unassigned primary shards|don't have primary shards|primary shard is not allocated/i,
    advice:
      'The search engine has red indices: bring their primary shards back first (GET _cluster/allocation/explain).',
  },
  {
    says: /SnapshotShardFailure|reason("?:"|=)skipped/,
    passes: true,
    advice:
      'The search engine omitted a shard from a snapshot: it was deleting other snapshots meanwhile (observed with OpenSearch), or it lacked that shard. Back up again when it deletes no snapshots and its indices are green.',
  },
  {
    says: /Expected \d+ members of partition|found only \d+ partitions|topology/i,
    advice:
      'Brokers are missing: wait until all of them are back (GET /actuator/cluster), then back up again.',
  },
  {
    says: /No space left|disk usage|read-only-allow-delete|flood-stage/i,
    advice: 'A disk is full: free space on the brokers or the search engine before the next backup.',
  },
];

export function adviceFor(message: string): string | undefined {
  return known.find(({ says }) => says.test(message))?.advice;
}

/** The remedies for errors that neither have their own one nor contain known words of a server. */
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

/** The remedy for an error; undefined if none is known. */
export function remedyOf(error: BackupError): string | undefined {
  return error.remedy ?? adviceFor(error.message) ?? byName[error.name];
}

/** Chooses the error for a component's failed backup by the server's own words. */
export function failedBackup(
  reason: string,
): Extract<ErrorName, 'ComponentBackupFailed' | 'ComponentBackupInterrupted'> {
  return known.some(({ says, passes }) => passes && says.test(reason))
    ? 'ComponentBackupInterrupted'
    : 'ComponentBackupFailed';
}

import type { BackupError, ErrorName } from './errors.ts';

/**
 * What to do about failures that are known: the servers' own words on the left, from Camunda's issues and from
 * recordings. Where an error brings no remedy of its own, this one is told.
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
      'The component gave up waiting for a snapshot: raise CAMUNDA_OPERATE_BACKUP_SNAPSHOTTIMEOUT (and the like), and restart it where its queue is stuck.',
  },
  {
    says: /repository_missing|no repository with name|repository .* (missing|not registered)/i,
    advice:
      'Register the snapshot repository again: it is cluster state, and is gone after a restart with empty data.',
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
      'The search engine left a shard out of a snapshot: it was deleting other snapshots meanwhile (seen with OpenSearch), or was without that shard. Back up again when it deletes none and its indices are green.',
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

/** Where neither an error itself nor its words say what to do. */
const byName: Partial<Record<ErrorName, string>> = {
  LedgerError: 'See whether something else changes or holds the ledger at the same time; then start again.',
  LedgerCorrupt: 'Do not change or remove documents of the ledger while a backup runs.',
  LockLost:
    'The run has ended, or somebody has put it right while it was at work: see its manifest, and start a new backup.',
  BackupIdRefused: 'Start again with a higher id, or without one.',
  PauseFailed: 'See the logs of the brokers, and start a new backup.',
  ResumeFailed: 'See the logs of the brokers: resuming is repeated until it is seen that they export.',
  UnexpectedAnswer:
    'See whether a newer camunda-backup knows this answer, and whether the url is the one of this server.',
  ComponentBackupFailed: 'See the log of this component, and start a new backup.',
  ComponentBackupInterrupted: 'Back up again.',
  VerificationFailed: 'The backup is not complete: see the log of the component, and start a new backup.',
};

/** What to do about an error, as well as it is known. */
export function remedyOf(error: BackupError): string | undefined {
  return error.remedy ?? adviceFor(error.message) ?? byName[error.name];
}

/** Which error a component's failed backup is, by the server's own words. */
export function failedBackup(
  reason: string,
): Extract<ErrorName, 'ComponentBackupFailed' | 'ComponentBackupInterrupted'> {
  return known.some(({ says, passes }) => passes && says.test(reason))
    ? 'ComponentBackupInterrupted'
    : 'ComponentBackupFailed';
}

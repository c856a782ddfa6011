/**
 * The names of all errors that leave core. The state machine matches on these names (Retry and Catch), so they are
 * literals: a minifier changes class names, but not strings. A test in test/statemachine checks that every name in the
 * ASL is listed here.
 */
export const errorNames = {
  /** The configuration, or a command's arguments, cannot be used as they are. Never retried. */
  ConfigurationError: 'ConfigurationError',
  /** A secret that the configuration names cannot be read. */
  SecretUnavailable: 'SecretUnavailable',
  /** The store of the ledger (S3 or a folder) cannot be reached or has a temporary problem. Retried. */
  LedgerError: 'LedgerError',
  /** The ledger has no document of the cluster: the cluster is new, or this is the wrong ledger. */
  LedgerEmpty: 'LedgerEmpty',
  /** This version cannot read a document of the ledger. */
  LedgerCorrupt: 'LedgerCorrupt',
  /** Another run holds the cluster's lock. */
  LockHeld: 'LockHeld',
  /** This run does not own the lock, or has lost it, so it must not touch the cluster. */
  LockLost: 'LockLost',
  /** This run, outside AWS, could not renew its heartbeat. Others may consider it dead, so it changes nothing more. */
  HeartbeatLost: 'HeartbeatLost',
  /** The backup id is not higher than every known id. */
  BackupIdRefused: 'BackupIdRefused',
  /** The cluster lacks something that the procedure needs. This was found before anything was paused. */
  ClusterNotReady: 'ClusterNotReady',
  /** Exporting was already paused, but not by this run. */
  ExportingAlreadyPaused: 'ExportingAlreadyPaused',
  /** Pausing exporting failed. */
  PauseFailed: 'PauseFailed',
  /** Resuming exporting failed, or could not be proven. Retried for a long time. */
  ResumeFailed: 'ResumeFailed',
  /** The store of the ledger refuses until a person intervenes: a missing permission, a full disk, a missing bucket. */
  LedgerUnusable: 'LedgerUnusable',
  /** Exporting is resumed, but a temporary problem kept the ledger from recording that. Retried for a long time. */
  ResumeUnwritten: 'ResumeUnwritten',
  /** Exporting is resumed, but the ledger refuses to record that until a person intervenes. Retried for a while. */
  ResumeUnwritable: 'ResumeUnwritable',
  /** There was no answer: connection refused or reset, unknown host, or timeout. Retried. */
  Unreachable: 'Unreachable',
  /**
   * There is no answer until a person changes an address, a certificate or a server. Examples are a port that Node
   * refuses, a certificate that is not trusted, and TLS on one side only.
   */
  AddressUnusable: 'AddressUnusable',
  /** The server answered 5xx or 429, or reports that a part of it is down. Retried. */
  ServerTrouble: 'ServerTrouble',
  /** The server refused the request. A retry would not change that. */
  RequestRefused: 'RequestRefused',
  /** The component is taking another backup. Retried for a while. */
  ComponentBusy: 'ComponentBusy',
  /**
   * The component says that another backup is running, but its own list shows none: it still remembers a backup that
   * has ended. Only a restart helps, so there is no retry while exporting is paused.
   */
  ComponentStuck: 'ComponentStuck',
  /**
   * The component refuses a backup for a temporary reason and may have used up the id. The next attempt takes a new id.
   */
  RefusedForNow: 'RefusedForNow',
  /** A component cannot list its backups because one of them is bad. It can still take and delete backups. */
  ListUnreadable: 'ListUnreadable',
  /** This API does not give such an answer (HTML, other JSON): the port or path is wrong, or a proxy answers. */
  UnexpectedAnswer: 'UnexpectedAnswer',
  /** A drill or a verification uses the backup, or may use it, so the backup is not deleted. */
  BackupInUse: 'BackupInUse',
  /** The component has a backup with this id that another run made. */
  BackupNotOurs: 'BackupNotOurs',
  /** A component reported its backup as failed, incompatible, partial, or incomplete for too long. */
  ComponentBackupFailed: 'ComponentBackupFailed',
  /** A component's backup failed for a temporary reason, such as a leader change, a lost race or an early restart. */
  ComponentBackupInterrupted: 'ComponentBackupInterrupted',
  /** A component's backup did not end within its time limit. */
  ComponentTimedOut: 'ComponentTimedOut',
  /** A component's backup changed between its last check and the end of the run, so the backup is not complete. */
  VerificationFailed: 'VerificationFailed',
  /** The alert about a failure could not be sent. Retried for a while; then the watchdog sends it. */
  AlertFailed: 'AlertFailed',
  /** The run was interrupted by a signal. */
  Interrupted: 'Interrupted',
  /** The watchdog stopped a run that kept exporting paused for too long. */
  PausedTooLong: 'PausedTooLong',
  /** The run's process or execution is gone. Another command or the watchdog found its lock or manifest. */
  Abandoned: 'Abandoned',
} as const;

export type ErrorName = keyof typeof errorNames;

/** After one of these errors, another attempt with a new id is likely to succeed. */
export const passing: readonly string[] = [
  errorNames.ComponentBackupInterrupted,
  errorNames.ComponentTimedOut,
  errorNames.RefusedForNow,
];
/** The errors if a server gave no answer, temporary or not. */
export const noAnswer = ['Unreachable', 'AddressUnusable'] as const;
/** The errors of the ledger's store, temporary or not. */
export const ledgerTrouble = ['LedgerError', 'LedgerUnusable'] as const;
/** The errors if exporting is resumed, but the ledger could not record it. */
export const resumedUnwritten: readonly string[] = [errorNames.ResumeUnwritten, errorNames.ResumeUnwritable];

/**
 * Every error that leaves core, by name. The state machine matches on these names (Retry and Catch), so
 * they are literals: a minifier changes class names, not strings. test/statemachine holds that every name in
 * the ASL is here.
 *
 * `message` is a sentence for people: what, where, and the server's own words. `remedy` is what to do.
 */
export const errorNames = {
  /** The configuration, or a command's arguments, cannot be used as they are. Never retried. */
  ConfigurationError: 'ConfigurationError',
  /** A secret that the configuration names cannot be read. */
  SecretUnavailable: 'SecretUnavailable',
  /** The ledger's home (S3, folder) cannot be reached or is in trouble: it may pass. Retried. */
  LedgerError: 'LedgerError',
  /** The ledger has nothing of the cluster: it is new, or another one than the one that was meant. */
  LedgerEmpty: 'LedgerEmpty',
  /** A document of the ledger is not what this version writes. */
  LedgerCorrupt: 'LedgerCorrupt',
  /** Another run holds the cluster's lock. */
  LockHeld: 'LockHeld',
  /** This run does not own the lock (any more): it must not touch the cluster. */
  LockLost: 'LockLost',
  /** This run, outside AWS, could not renew its heartbeat: others may take it for dead, so it changes nothing more. */
  HeartbeatLost: 'HeartbeatLost',
  /** The backup id is not above every id that is known. */
  BackupIdRefused: 'BackupIdRefused',
  /** Something that is needed for the procedure is missing in the cluster; found before anything was paused. */
  ClusterNotReady: 'ClusterNotReady',
  /** Exporting is already paused, and not by this run. */
  ExportingAlreadyPaused: 'ExportingAlreadyPaused',
  /** Pausing exporting failed. */
  PauseFailed: 'PauseFailed',
  /** Resuming exporting failed, or could not be proven. Retried for long. */
  ResumeFailed: 'ResumeFailed',
  /** The ledger's home refuses, and goes on refusing until somebody does something: no permission, a full disk, no bucket. */
  LedgerUnusable: 'LedgerUnusable',
  /** Exporting is resumed, and the ledger is in trouble, so that this is not written down yet. Retried for long. */
  ResumeUnwritten: 'ResumeUnwritten',
  /** The same, where the ledger goes on refusing until somebody does something. Retried for a while. */
  ResumeUnwritable: 'ResumeUnwritable',
  /** No answer: refused, reset, unknown host, or no answer in time. Retried. */
  Unreachable: 'Unreachable',
  /**
   * No answer, and there will be none until somebody changes an address, a certificate or a server: a port that Node
   * refuses, a certificate that is not good, TLS on one side only.
   */
  AddressUnusable: 'AddressUnusable',
  /** The server answered 5xx or 429, or says that a part of it is not at work: it may pass. Retried. */
  ServerTrouble: 'ServerTrouble',
  /** The server refused the request: repeating it changes nothing. */
  RequestRefused: 'RequestRefused',
  /** The component is taking another backup. Retried for a while. */
  ComponentBusy: 'ComponentBusy',
  /**
   * The component says that another backup is running, and its own list shows none: it remembers one that has ended.
   * Only a restart helps, so this is not repeated while exporting is paused.
   */
  ComponentStuck: 'ComponentStuck',
  /**
   * The component refuses a backup for a reason that passes by itself, and may have used up the id with it. Another try
   * takes a new id.
   */
  RefusedForNow: 'RefusedForNow',
  /** A component cannot list its backups because of a bad one among them. It can still take and delete one. */
  ListUnreadable: 'ListUnreadable',
  /** The answer is not what this API answers (HTML, another JSON): wrong port or path, or a proxy. */
  UnexpectedAnswer: 'UnexpectedAnswer',
  /** Something works with the backup, such as a drill or a verification, or may do so: it is not deleted. */
  BackupInUse: 'BackupInUse',
  /** The component has a backup of this id that is not this run's. */
  BackupNotOurs: 'BackupNotOurs',
  /** A component reported its backup as failed (or incomplete for too long, or incompatible, or partial). */
  ComponentBackupFailed: 'ComponentBackupFailed',
  /** The same, for a reason that passes by itself: a leader change, a lost race, a restart just after the start. */
  ComponentBackupInterrupted: 'ComponentBackupInterrupted',
  /** A component's backup did not end within its time limit. */
  ComponentTimedOut: 'ComponentTimedOut',
  /** At the end a part is not what it was when it was checked: the backup is not complete. */
  VerificationFailed: 'VerificationFailed',
  /** People could not be told of a failure. Retried for a while; then the watchdog tells them. */
  AlertFailed: 'AlertFailed',
  /** The run was interrupted by a signal. */
  Interrupted: 'Interrupted',
  /** The watchdog stopped a run that kept exporting paused for too long. */
  PausedTooLong: 'PausedTooLong',
  /** The run's owner is gone; another command or the watchdog found what it left. */
  Abandoned: 'Abandoned',
} as const;

export type ErrorName = keyof typeof errorNames;

/** Another try, under a new id, may well succeed where the first one ended so. */
export const passing: readonly string[] = [
  errorNames.ComponentBackupInterrupted,
  errorNames.ComponentTimedOut,
  errorNames.RefusedForNow,
];
/** A server gave no answer, whether or not it may pass. */
export const noAnswer = ['Unreachable', 'AddressUnusable'] as const;
/** The ledger's home did not do what it was asked for, whether or not it may pass. */
export const ledgerTrouble = ['LedgerError', 'LedgerUnusable'] as const;
/** Exporting is resumed, and only the ledger does not know it. */
export const resumedUnwritten: readonly string[] = [errorNames.ResumeUnwritten, errorNames.ResumeUnwritable];

export interface ErrorDetails {
  /** What to do about it, as an imperative sentence. */
  remedy?: string;
  cause?: unknown;
  /** HTTP status of the answer, where there was one. */
  status?: number;
}

/** The one error class of this project; `name` tells them apart. */
export class BackupError extends Error {
  override readonly name: ErrorName;
  readonly remedy: string | undefined;
  readonly status: number | undefined;

  constructor(name: ErrorName, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = errorNames[name];
    this.remedy = details.remedy;
    this.status = details.status;
  }
}

export function isBackupError(error: unknown, ...names: ErrorName[]): error is BackupError {
  return error instanceof BackupError && (names.length === 0 || names.some((name) => error.name === name));
}

/** Any thrown value as a sentence. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return error.message || code || error.name;
}

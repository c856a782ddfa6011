import type { ComponentName } from '../components/kinds.ts';
import type { CheckName } from '../config/checks.ts';
import type { ErrorName } from '../error-names.ts';
import type { BackupError } from '../errors.ts';
import type { Finding } from '../ledger/finding.ts';

/** A finding of a check and, if it refuses a backup, the name of the error. */
export interface CheckFinding extends Finding {
  /** Absent if the finding does not refuse a backup. The state machine retries some of these names. */
  error?: ErrorName;
  /** The error that the check met. */
  cause?: BackupError;
}

/** The subject of a finding: a part of the cluster by its name in the configuration. */
export type Subject = ComponentName | 'search';

/** Makes one finding of all observations of a problem; an empty list if nothing was observed. */
export function wrong(
  name: CheckName,
  subject: Subject,
  { error, seen, remedy }: { error: ErrorName; seen: string[]; remedy: string },
): CheckFinding[] {
  if (seen.length === 0) return [];
  return [{ name, severity: 'error', subject, says: seen.join(', '), remedy, error }];
}

/** Makes the finding for something that every backup needs and that could not be read. `cause` is the reason. */
export function failed(name: CheckName, subject: Subject, cause: BackupError): CheckFinding {
  return thrown(name, subject, cause, cause.remedy ?? remedies[name]);
}

/** Makes a finding of an error without changing its sentence. */
export function thrown(
  name: string,
  subject: Subject,
  cause: BackupError,
  remedy = cause.remedy,
): CheckFinding {
  const { name: error, message: says } = cause;
  return { name, severity: 'error', subject, says, ...(remedy ? { remedy } : {}), error, cause };
}

/** Makes the finding for something that could not be read and that a backup does not need. */
export function unseen(name: string, subject: Subject, says: string): CheckFinding {
  return { name, severity: 'unknown', subject, says };
}

/** The remedies for errors without their own, such as those of a server that does not answer. */
const remedies: Record<CheckName, string> = {
  brokers: 'Bring this broker back, or correct `zeebe.brokers` and `zeebe.rest`; then start again.',
  partitions: 'See the log of the broker that has this partition; then start again.',
  backupStore: 'See in the logs of the brokers whether they reach their backup store; then start again.',
  repository: 'Check that every node of the search engine reaches the repository; then start again.',
  components: 'See the log of this component, and check that it reaches its repository; then start again.',
  exporting: 'Find out who paused exporting; then start again.',
  exporters: 'See GET /actuator/exporters; then start again.',
  exporterLag: 'Wait until the exporters have caught up; then start again.',
  records: 'Check that the search engine answers; then start again.',
  coverage: 'Configure what is missing; then start again.',
};

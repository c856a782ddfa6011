import type { ComponentName } from '../components/kinds.ts';
import type { CheckName } from '../config/checks.ts';
import type { ErrorName } from '../error-names.ts';
import type { BackupError } from '../errors.ts';
import type { Finding } from '../ledger/finding.ts';

/** A finding of a check, with the error that it refuses a backup with. */
export interface CheckFinding extends Finding {
  /** Absent where nothing is wrong enough to refuse. The state machine repeats the names of what may pass. */
  error?: ErrorName;
  /** What was thrown where the check looked. */
  cause?: BackupError;
}

/** The part of a cluster that a finding is about, as the configuration calls it. */
export type Subject = ComponentName | 'search';

/** Something that is wrong, as one finding with all that was seen of it; none where nothing was seen. */
export function wrong(
  name: CheckName,
  subject: Subject,
  { error, seen, remedy }: { error: ErrorName; seen: string[]; remedy: string },
): CheckFinding[] {
  if (seen.length === 0) return [];
  return [{ name, severity: 'error', subject, says: seen.join(', '), remedy, error }];
}

/** Something without which no backup can succeed, and that could not be seen or is refused: `cause` says why. */
export function failed(name: CheckName, subject: Subject, cause: BackupError): CheckFinding {
  return thrown(name, subject, cause, cause.remedy ?? remedies[name]);
}

/** An error as a finding, as it is. */
export function thrown(
  name: string,
  subject: Subject,
  cause: BackupError,
  remedy = cause.remedy,
): CheckFinding {
  const { name: error, message: says } = cause;
  return { name, severity: 'error', subject, says, ...(remedy ? { remedy } : {}), error, cause };
}

/** Something that could not be seen, and that a backup can do without. */
export function unseen(name: string, subject: Subject, says: string): CheckFinding {
  return { name, severity: 'unknown', subject, says };
}

/** Where neither the error nor its words say what to do: a server that does not answer or is in trouble. */
const remedies: Record<CheckName, string> = {
  brokers: 'Bring this broker back, or correct `zeebe.brokers` and `zeebe.rest`; then start again.',
  partitions: 'See the log of the broker that has this partition; then start again.',
  backupStore: 'See whether the brokers reach their backup store (their logs say it); then start again.',
  repository: 'See whether every node of the search engine reaches the repository; then start again.',
  components: 'See the log of this component, and whether it reaches its repository; then start again.',
  exporting: 'Find out who paused exporting; then start again.',
  exporters: 'See GET /actuator/exporters; then start again.',
  exporterLag: 'Wait until the exporters have caught up; then start again.',
  records: 'See whether the search engine answers; then start again.',
  coverage: 'Configure what is missing; then start again.',
};

import { type CheckName, checkNames } from '../config/checks.ts';
import { BackupError, isBackupError } from '../errors.ts';
import type { Finding } from '../ledger/finding.ts';
import { brokers } from './brokers.ts';
import { backupStore, components, endedIds, missingLists } from './components.ts';
import { configuredVersion } from './configured-version.ts';
import { coverage } from './coverage.ts';
import { exporterLag, exporters, exporting } from './exporters.ts';
import type { ClusterFacts, Facts } from './facts.ts';
import { type CheckFinding, thrown } from './finding.ts';
import { partitions } from './partitions.ts';
import { records, repository } from './search.ts';

/** The README says why each of them is there. What it finds refuses a backup, unless the configuration says `warn`. */
const checks: Record<CheckName, (facts: Facts) => CheckFinding[]> = {
  brokers,
  partitions,
  backupStore,
  repository,
  components,
  exporting,
  exporters,
  exporterLag,
  records,
  coverage,
};

/** Everything that the facts say for and against a backup, as severe as the configuration wants it. */
export function judge(facts: Facts): CheckFinding[] {
  const { config, problems } = facts;
  return [
    ...problems.map(({ subject, error }) => thrown('discovery', subject, error)),
    ...configuredVersion(facts),
    ...checkNames.flatMap((name) => {
      const found = checks[name](facts);
      return config.checks[name] === 'warn' ? found.map(milder) : found;
    }),
    // What the ids say is no check that the configuration could turn into a warning.
    ...endedIds(facts),
    ...missingLists(facts),
  ];
}

const milder = (found: CheckFinding): CheckFinding =>
  found.severity === 'error' ? { ...found, severity: 'warning' } : found;

/** The cluster that can be backed up. Throws what refuses the backup, as one error. */
export function requireReady({ cluster }: Facts, findings: CheckFinding[]): ClusterFacts {
  refuse(findings);
  if (!cluster) throw new BackupError('ClusterNotReady', 'The cluster could not be asked');
  return cluster;
}

/** Throws one error for all findings that refuse a backup. */
export function refuse(findings: CheckFinding[]): void {
  const errors = findings.flatMap((found) => {
    const { severity, remedy, error, cause } = found;
    if (severity !== 'error' || !error) return [];
    const status = cause?.status;
    const details = { cause, ...(remedy ? { remedy } : {}), ...(status ? { status } : {}) };
    return new BackupError(error, sentenceOf(found), details);
  });
  const [first, ...others] = errors;
  if (first) throw others.length === 0 ? first : allInOne(errors);
}

/** What may pass: these names are repeated by the state machine. */
const passing = ['Unreachable', 'ServerTrouble', 'LedgerError', 'ComponentBusy'] as const;

/** Several errors as one that lists them. Its name decides whether it is repeated: only where all of them may pass, it is. */
function allInOne(errors: BackupError[]): BackupError {
  const [head, ...others] = errors.map(({ message, remedy }) => `${message}${remedy ? ` (${remedy})` : ''}`);
  const isBusy = errors.some((error) => isBackupError(error, 'ComponentBusy'));
  const passes = errors.every((error) => isBackupError(error, ...passing));
  const name = !passes ? 'ClusterNotReady' : isBusy ? 'ComponentBusy' : 'Unreachable';
  // Where only the first line is shown, it says something by itself.
  const lines = [
    `The cluster cannot be backed up now: ${errors.length} problems, the first: ${head}`,
    ...others.map((other) => `  - ${other}`),
  ];
  return new BackupError(name, lines.join('\n'));
}

/** What a backup is taken in spite of, as the manifest says it to people. */
export function warningsOf(findings: CheckFinding[]): string[] {
  return findings.filter(({ severity }) => severity !== 'error').map(sentenceOf);
}

/** With the name of the check where the configuration decides what comes of it; the remedy of an error goes its own way. */
function sentenceOf({ name, says, remedy, error }: CheckFinding): string {
  if (error) return name in checks ? `Check ${name}: ${says}` : says;
  return remedy ? `${says}. ${remedy}` : says;
}

/** As they are written down. */
export function kept(findings: CheckFinding[]): Finding[] {
  return findings.map(({ name, severity, subject, says, remedy }) => ({
    name,
    severity,
    subject,
    says,
    ...(remedy ? { remedy } : {}),
  }));
}

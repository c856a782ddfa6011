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

/** The README explains each check. Its errors refuse a backup, unless the configuration says `warn`. */
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

/** Runs all checks on the facts. The configuration can turn the errors of a check into warnings. */
export function judge(facts: Facts): CheckFinding[] {
  const { config, problems } = facts;
  return [
    ...problems.map(({ subject, error }) => thrown('discovery', subject, error)),
    ...configuredVersion(facts),
    ...checkNames.flatMap((name) => {
      const found = checks[name](facts);
      return config.checks[name] === 'warn' ? found.map(milder) : found;
    }),
    // The configuration cannot turn findings about ids into warnings.
    ...endedIds(facts),
    ...missingLists(facts),
  ];
}

const milder = (found: CheckFinding): CheckFinding =>
  found.severity === 'error' ? { ...found, severity: 'warning' } : found;

/** Returns the cluster if it can be backed up. Throws one error for all findings that refuse the backup. */
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
    return new BackupError(error, findingSentence(found), details);
  });
  const [first, ...others] = errors;
  if (first) throw others.length === 0 ? first : allInOne(errors);
}

/** The errors that may pass. The state machine retries them. */
const temporary = ['Unreachable', 'ServerTrouble', 'LedgerError', 'ComponentBusy'] as const;

/** Combines several errors into one that lists them. Its name makes the state machine retry only if all may pass. */
function allInOne(errors: BackupError[]): BackupError {
  const [head, ...others] = errors.map(({ message, remedy }) => `${message}${remedy ? ` (${remedy})` : ''}`);
  const isBusy = errors.some((error) => isBackupError(error, 'ComponentBusy'));
  const passes = errors.every((error) => isBackupError(error, ...temporary));
  const name = !passes ? 'ClusterNotReady' : isBusy ? 'ComponentBusy' : 'Unreachable';
  // Some displays show only the first line, so it must be understandable without the others.
  const lines = [
    `The cluster cannot be backed up now: ${errors.length} problems, the first: ${head}`,
    ...others.map((other) => `  - ${other}`),
  ];
  return new BackupError(name, lines.join('\n'));
}

/** Lists the findings that do not refuse the backup as sentences. The manifest shows them to people. */
export function warningsOf(findings: CheckFinding[]): string[] {
  return findings.filter(({ severity }) => severity !== 'error').map(findingSentence);
}

/** Writes a finding as a sentence. The name of a check shows what to configure; the remedy of an error is separate. */
function findingSentence({ name, says, remedy, error }: CheckFinding): string {
  if (error) return name in checks ? `Check ${name}: ${says}` : says;
  return remedy ? `${says}. ${remedy}` : says;
}

/** Returns the fields of findings that the ledger records. */
export function kept(findings: CheckFinding[]): Finding[] {
  return findings.map(({ name, severity, subject, says, remedy }) => ({
    name,
    severity,
    subject,
    says,
    ...(remedy ? { remedy } : {}),
  }));
}

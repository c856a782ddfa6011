import type { BackupMetrics } from '../../core/inventory/metrics.ts';

interface Metric {
  name: string;
  type: 'counter' | 'gauge';
  help: string;
  /** The value for one cluster. A value that is not known is null, and there is no line of it. */
  value: (of: BackupMetrics) => number | null;
}

const instant = (moment: string | null) => (moment === null ? null : Date.parse(moment) / 1000);

/** docs/metrics.md explains each. */
const metrics: Metric[] = [
  {
    name: 'camunda_backup_last_successful_timestamp',
    type: 'gauge',
    help: 'When the newest complete backup ended, in seconds since 1970.',
    value: ({ lastSuccessfulAt }) => instant(lastSuccessfulAt),
  },
  {
    name: 'camunda_backup_last_status',
    type: 'gauge',
    help: '1 if the newest backup that has ended is complete, 0 if it has failed.',
    value: ({ lastStatus }) => (lastStatus === null ? null : Number(lastStatus === 'COMPLETED')),
  },
  {
    name: 'camunda_backup_duration_seconds',
    type: 'gauge',
    help: 'How long the newest complete backup took.',
    value: ({ durationSeconds }) => durationSeconds,
  },
  {
    name: 'camunda_backup_paused_seconds',
    type: 'gauge',
    help: 'How long the newest complete backup paused exporting.',
    value: ({ pausedSeconds }) => pausedSeconds,
  },
  {
    name: 'camunda_backup_first_recoverable_timestamp',
    type: 'gauge',
    help: 'When the oldest usable backup began, in seconds since 1970.',
    value: ({ firstRecoverableAt }) => instant(firstRecoverableAt),
  },
  {
    name: 'camunda_backup_last_verified_timestamp',
    type: 'gauge',
    help: 'When the newest verified backup was verified, in seconds since 1970.',
    value: ({ lastVerifiedAt }) => instant(lastVerifiedAt),
  },
  {
    name: 'camunda_backup_total',
    type: 'counter',
    help: 'How many backups were begun with this ledger.',
    value: ({ total }) => total,
  },
];

/** Writes the figures of some clusters as Prometheus reads them: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function prometheusText(clusters: BackupMetrics[]): string {
  const lines = metrics.flatMap(({ name, type, help, value }) => {
    const samples = clusters.flatMap((of) => {
      const found = value(of);
      return found === null ? [] : [`${name}{cluster="${escaped(of.cluster)}"} ${found}`];
    });
    return samples.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples];
  });
  return lines.map((line) => `${line}\n`).join('');
}

const escaped = (label: string): string =>
  label.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

import { systemClock } from '../../../../core/clock.ts';
import type { Row } from './row.ts';
import { s3 } from './stores.ts';

export const brokers: Row[] = [
  {
    title: 'An exporter is DISABLED after a failover',
    before: (simulator) => simulator.setExporterState('camundaexporter', 'DISABLED'),
    name: 'exporters',
    severity: 'warning',
    subject: 'zeebe',
    says: /the exporter camundaexporter is DISABLED on partitions 1, 2, 3/,
    remedy: /POST \/actuator\/exporters\/ID\/enable/,
  },
  {
    title: 'An exporter is not configured any more',
    before: (simulator) => simulator.setExporterState('elasticsearch', 'CONFIG_NOT_FOUND'),
    name: 'exporters',
    severity: 'warning',
    subject: 'zeebe',
    says: /the exporter elasticsearch is CONFIG_NOT_FOUND/,
    remedy: /configure it on every broker, or delete it/,
  },
  {
    title: 'The exporters are behind',
    before: (simulator) => simulator.setExporterLag(20),
    configured: (cluster) => ({ ...cluster, maxExporterLag: 10 }),
    name: 'exporterLag',
    severity: 'error',
    subject: 'zeebe',
    says: /are 20 records behind/,
    remedy: /`maxExporterLag`/,
  },
  {
    title: 'Exporting is paused by somebody else',
    before: (simulator) => simulator.setExporterPhase('SOFT_PAUSED'),
    name: 'exporting',
    severity: 'error',
    subject: 'zeebe',
    says: /Exporting is already paused, and not by this run/,
    remedy: /repair --cluster production --resume-unexplained/,
  },
  {
    title: 'Zeebe takes backups by itself',
    of: {
      camunda: '8.9',
      properties: () => ({
        camunda: { data: { primaryStorage: { backup: { ...s3(), schedule: 'PT1H' } } } },
      }),
    },
    name: 'generatedIds',
    severity: 'error',
    subject: 'zeebe',
    says: /takes backups by itself \(schedule\), so it refuses every backup whose id it has not chosen/,
    remedy:
      /`camunda\.data\.primary-storage\.backup\.schedule` \(CAMUNDA_DATA_PRIMARYSTORAGE_BACKUP_SCHEDULE\)/,
  },
  {
    title: 'Zeebe takes continuous backups without a schedule',
    of: {
      camunda: '8.9',
      properties: () => ({
        camunda: { data: { primaryStorage: { backup: { ...s3(), continuous: true } } } },
      }),
    },
    name: 'generatedIds',
    severity: 'error',
    subject: 'zeebe',
    says: /continuous backups without a schedule: it never deletes anything from its log/,
    remedy: /CAMUNDA_DATA_PRIMARYSTORAGE_BACKUP_SCHEDULE/,
  },
  {
    title: 'Zeebe deletes old backups by itself, and never does without a schedule',
    of: {
      camunda: '8.9',
      properties: () => ({
        camunda: { data: { primaryStorage: { backup: { ...s3(), retention: { window: 'P7D' } } } } },
      }),
    },
    name: 'generatedIds',
    severity: 'warning',
    subject: 'zeebe',
    says: /older than P7D, also those of this tool; without a schedule it never does/,
    remedy: /CAMUNDA_DATA_PRIMARYSTORAGE_BACKUP_RETENTION_WINDOW/,
  },
  {
    title: 'The clock of the servers differs from this one',
    clock: { ...systemClock, now: () => Date.now() - 120_000 },
    name: 'clocks',
    severity: 'warning',
    subject: 'cluster',
    says: /The clock of http:\S+ is (1 min 59|2 min 00) s ahead of this one/,
    remedy: /NTP/,
  },
  {
    title: 'The disk of a broker is almost full',
    of: { disk: () => ({ path: '/usr/local/zeebe/data', free: 8 * 2 ** 30, total: 100 * 2 ** 30 }) },
    name: 'disk',
    severity: 'warning',
    subject: 'zeebe',
    says: /8\.0 of 100\.0 GiB \(8 %\) are free at \/usr\/local\/zeebe\/data .*: while exporting is paused/,
    remedy: /`maxPause`/,
  },
  {
    title: 'The disk of a broker is full',
    of: { disk: () => ({ path: '/usr/local/zeebe/data', free: 2 ** 30, total: 100 * 2 ** 30 }) },
    name: 'disk',
    severity: 'error',
    subject: 'zeebe',
    says: /below the space that Zeebe keeps free, it accepts no commands/,
    remedy: /`camunda\.data\.primary-storage\.disk\.free-space\.processing`/,
  },
  {
    title: 'The metrics show another disk than the one of the data',
    of: { disk: () => ({ path: '/usr/local/zeebe/.', free: 60 * 2 ** 30, total: 100 * 2 ** 30 }) },
    name: 'disk',
    severity: 'unknown',
    subject: 'zeebe',
    says: /whether the data are on this disk is not shown/,
    remedy: /`management\.metrics\.system\.diskspace\.paths` \(MANAGEMENT_METRICS_SYSTEM_DISKSPACE_PATHS\)/,
  },
];

import { entryOf } from '../../backup/world.ts';
import type { Row } from './row.ts';

export const backups: Row[] = [
  {
    title: 'A component refused a backup because of another one that its list does not show',
    newest: {
      components: [entryOf('webApplications', { state: 'REQUESTED', refused: true, nothingAtWork: true })],
      failure: {
        error: 'ComponentBusy',
        message: 'Another backup is running at the moment',
        remedy: 'Wait.',
      },
    },
    name: 'lastRun',
    severity: 'warning',
    subject: 'ledger',
    says: /The newest backup, 7, has failed: Another backup is running.*shows none that is IN_PROGRESS/,
    remedy: /^Restart every replica of Web applications/,
  },
  {
    title: 'The last backup failed because an S3-compatible store needs MD5 checksums, in 8.6',
    of: { camunda: '8.6' },
    newest: {
      failure: {
        error: 'ComponentBackupFailed',
        message: 'Missing required header for this request: Content-MD5',
      },
    },
    name: 'lastRun',
    severity: 'warning',
    subject: 'ledger',
    says: /Content-MD5/,
    remedy:
      /`zeebe\.broker\.data\.backup\.s3\.supportLegacyMd5` \(ZEEBE_BROKER_DATA_BACKUP_S3_SUPPORTLEGACYMD5\)/,
  },
  {
    title: 'The last backup failed because an S3-compatible store needs MD5 checksums, in 8.9',
    of: { camunda: '8.9' },
    newest: { failure: { error: 'ComponentBackupFailed', message: 'MissingContentMD5' } },
    name: 'lastRun',
    severity: 'warning',
    subject: 'ledger',
    says: /MissingContentMD5/,
    remedy:
      /`camunda\.data\.primary-storage\.backup\.s3\.support-legacy-md5` \(CAMUNDA_DATA_PRIMARYSTORAGE_BACKUP_S3_SUPPORTLEGACYMD5\)/,
  },
  {
    title: 'A backup of Operate has parts missing, because it gave up waiting for a snapshot',
    of: { camunda: '8.6' },
    before: (simulator) => simulator.seedBackup('operate', 100, 'INCOMPLETE'),
    name: 'parts',
    severity: 'warning',
    subject: 'operate',
    says: /The newest backup of Operate, 100, is INCOMPLETE with 3 of 6 parts/,
    remedy: /`camunda\.operate\.backup\.snapshotTimeout` \(CAMUNDA_OPERATE_BACKUP_SNAPSHOTTIMEOUT\)/,
  },
  {
    title: 'A backup of the web applications has parts missing, in 8.8',
    before: (simulator) => simulator.seedBackup('webApplications', 100, 'INCOMPLETE'),
    name: 'parts',
    severity: 'warning',
    subject: 'webApplications',
    says: /The newest backup of Web applications, 100, is INCOMPLETE/,
    remedy: /`camunda\.data\.backup\.snapshot-timeout` \(CAMUNDA_DATA_BACKUP_SNAPSHOTTIMEOUT\)/,
  },
  {
    title: 'There is no completed backup',
    name: 'age',
    severity: 'warning',
    subject: 'ledger',
    says: /The ledger has no completed backup of production/,
    remedy: /^Start one/,
  },
  {
    title: 'The last backup is older than allowed',
    configured: (cluster) => ({ ...cluster, maxAge: '1h' }),
    newest: {
      state: 'COMPLETED',
      endedAt: '2026-01-01T00:00:00.000Z',
      startedAt: '2026-01-01T00:00:00.000Z',
    },
    name: 'age',
    severity: 'error',
    subject: 'ledger',
    says: /The last completed backup, 7, ended .* ago; 1 h 00 min are allowed \(`maxAge`\)/,
    remedy: /whether the schedule is enabled/,
  },
];

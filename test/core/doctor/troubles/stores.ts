import { register } from '../world.ts';
import type { Row } from './row.ts';

export const s3 = (more: object = {}) => ({
  store: 'S3',
  s3: { bucketName: 'b', basePath: 'zeebe', ...more },
});
const backupOf88 = (backup: object) => ({ camunda: { data: { backup } } });

export const stores: Row[] = [
  {
    title: 'No backup store is configured, in 8.6',
    of: { camunda: '8.6', storeConfigured: false },
    name: 'backupStore',
    severity: 'error',
    subject: 'zeebe',
    says: /No backup store is configured/,
    remedy:
      /`zeebe\.broker\.data\.backup\.store` \(ZEEBE_BROKER_DATA_BACKUP_STORE\) to S3, GCS, AZURE or FILESYSTEM on every broker/,
  },
  {
    title: 'No backup store is configured, in 8.8',
    of: { storeConfigured: false },
    name: 'backupStore',
    severity: 'error',
    subject: 'zeebe',
    says: /No backup store is configured/,
    remedy: /`camunda\.data\.backup\.store` \(CAMUNDA_DATA_BACKUP_STORE\)/,
  },
  {
    title: 'No backup store is configured, in a version that the cluster does not report',
    of: { storeConfigured: false, showsVersion: false },
    name: 'backupStore',
    severity: 'error',
    subject: 'zeebe',
    says: /No backup store is configured/,
    remedy: /`camunda\.data\.backup\.store` \(CAMUNDA_DATA_BACKUP_STORE\)/,
  },
  {
    title: 'No backup store is configured, in 8.9, by the names of the snapshots',
    of: { camunda: '8.9', storeConfigured: false, showsVersion: false },
    before: (simulator) => simulator.seedBackup('webApplications', 100),
    name: 'backupStore',
    severity: 'error',
    subject: 'zeebe',
    says: /No backup store is configured/,
    remedy: /CAMUNDA_DATA_PRIMARYSTORAGE_BACKUP_STORE/,
  },
  {
    title: 'No backup store is configured, in 8.9',
    of: { camunda: '8.9', storeConfigured: false },
    name: 'backupStore',
    severity: 'error',
    subject: 'zeebe',
    says: /No backup store is configured/,
    remedy: /`camunda\.data\.primary-storage\.backup\.store` \(CAMUNDA_DATA_PRIMARYSTORAGE_BACKUP_STORE\)/,
  },
  {
    title: 'Two brokers have different stores',
    of: { brokers: 2, properties: (broker) => backupOf88(s3({ basePath: `zeebe-${broker}` })) },
    name: 'store',
    severity: 'error',
    subject: 'zeebe',
    says: /do not have the same backup store: .*s3:\/\/b\/zeebe-0 .*s3:\/\/b\/zeebe-1/,
    remedy: /CAMUNDA_DATA_BACKUP_STORE.*same values on every broker/,
  },
  {
    title: 'One broker has no store',
    of: { brokers: 2, properties: (broker) => backupOf88(broker === 1 ? { store: 'NONE' } : s3()) },
    name: 'store',
    severity: 'error',
    subject: 'zeebe',
    says: /do not have the same backup store: .* none \(/,
    remedy: /restart those that differ/,
  },
  {
    title: 'The configured store is not the one of the brokers',
    of: { properties: () => backupOf88(s3()) },
    configured: (cluster) => ({
      ...cluster,
      zeebe: { ...Object(cluster['zeebe']), store: { s3: { bucket: 'another' } } },
    }),
    name: 'store',
    severity: 'warning',
    subject: 'zeebe',
    says: /`zeebe\.store` is s3:\/\/another, but the brokers show s3:\/\/b\/zeebe/,
    remedy: /^Correct `zeebe\.store`/,
  },
  {
    title: 'The backups of Zeebe are in the base path of the repository',
    of: { properties: () => backupOf88(s3({ basePath: 'camunda/zeebe' })) },
    before: (simulator) => register(simulator, { bucket: 'b', base_path: 'camunda' }),
    name: 'basePaths',
    severity: 'warning',
    subject: 'zeebe',
    says: /s3:\/\/b\/camunda\/zeebe, and the snapshots .* s3:\/\/b\/camunda: one of these is inside of the other/,
    remedy: /`camunda\.data\.backup\.s3\.base-path` \(CAMUNDA_DATA_BACKUP_S3_BASEPATH\)/,
  },
  {
    title: 'The backups of Zeebe and the snapshots are in the same place',
    of: { properties: () => backupOf88(s3()) },
    before: (simulator) => register(simulator, { bucket: 'b', base_path: 'zeebe' }),
    name: 'basePaths',
    severity: 'error',
    subject: 'zeebe',
    says: /this is the same place/,
    remedy: /`base_path` of the repository/,
  },
  {
    title: 'Two clusters of the file have the same store',
    configured: (cluster) => ({
      ...cluster,
      zeebe: { ...Object(cluster['zeebe']), store: { s3: { bucket: 'zeebe-backups' } } },
    }),
    file: () => ({
      clusters: {
        other: { zeebe: { url: 'http://other:9600', store: { s3: { bucket: 'zeebe-backups' } } } },
      },
    }),
    name: 'basePaths',
    severity: 'error',
    subject: 'zeebe',
    says: /that of the cluster other is s3:\/\/zeebe-backups: this is the same place/,
    remedy: /a base path of its own/,
  },
];

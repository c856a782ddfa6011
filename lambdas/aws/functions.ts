/**
 * The functions of the deployment: what each is made of and what it may do. infra/functions.ts deploys from this
 * table, docs/deployment.md shows it.
 */
export interface FunctionDefinition {
  /** In lambdas/backup or lambdas/watch, without `.ts`; the export has the same name in camelCase. */
  file: string;
  /** A sentence for the console. */
  description: string;
  /** Lambda's own limit; below the TimeoutSeconds of the states that call it, so that the error is Lambda's. */
  timeoutSeconds: number;
  memoryMegabytes: number;
  /** Bundled with the clients of Elasticsearch and OpenSearch. */
  search: boolean;
  /** Bundled with the configuration (which holds no secret). */
  config: boolean;
  /** Objects of the ledger, below a cluster's folder. */
  ledger: { read: LedgerObjects[]; write: LedgerObjects[]; list: boolean };
  /** Reads the secrets that the configuration names. */
  secrets: boolean;
  /** Talks to the cluster: is put into the VPC, where there is one. */
  cluster: boolean;
  /** Publishes to the alerts topic. */
  alerts: boolean;
  /** May describe and stop executions of the state machine. */
  executions: boolean;
}

export type LedgerObjects =
  | 'lock'
  | 'heartbeat'
  | 'manifests'
  | 'components'
  | 'restoreFacts'
  | 'alerts'
  | 'alertsAside';

/** Keys below the bucket's prefix; `*` is the cluster. */
export const ledgerKeys: Record<LedgerObjects, string> = {
  lock: '*/lock.json',
  heartbeat: '*/heartbeat.json',
  manifests: '*/backups/*/manifest.json',
  components: '*/backups/*/components/*.json',
  restoreFacts: '*/backups/*/restore.json',
  alerts: '*/alerts.json',
  alertsAside: '*/alerts.unreadable-*.json',
};

const none = { read: [], write: [], list: false };

/**
 * 256 MB: the bundles need about 100 MB, and a function's CPU grows with its memory: below it the start takes
 * longer than the work. With the search clients 512 MB.
 */
const small = 256;
const large = 512;

export const functions: Record<string, FunctionDefinition> = {
  PrepareBackup: {
    file: 'prepare-backup',
    description:
      'Takes the lock, looks whether the cluster can be backed up, chooses the id, writes the manifest',
    // A few rounds of calls side by side, each with 30 s, and the lists of the backup stores, which are slow.
    timeoutSeconds: 170,
    memoryMegabytes: large,
    search: true,
    config: true,
    ledger: { read: ['lock', 'manifests'], write: ['lock', 'manifests', 'restoreFacts'], list: true },
    secrets: true,
    cluster: true,
    alerts: false,
    executions: false,
  },
  PauseExporting: {
    file: 'pause-exporting',
    description: 'Soft-pauses exporting and reads it back',
    // Read the phases, pause, read them again: 30 s each.
    timeoutSeconds: 120,
    memoryMegabytes: small,
    search: false,
    config: false,
    ledger: { ...none, read: ['lock'], write: ['lock'] },
    secrets: true,
    cluster: true,
    alerts: false,
    executions: false,
  },
  ResumeExporting: {
    file: 'resume-exporting',
    description: 'Resumes exporting and reads it back',
    // Resume and read the phases: 30 s each.
    timeoutSeconds: 120,
    memoryMegabytes: small,
    search: false,
    config: false,
    ledger: { ...none, read: ['lock'], write: ['lock'] },
    secrets: true,
    cluster: true,
    alerts: false,
    executions: false,
  },
  StartComponentBackup: {
    file: 'start-component-backup',
    description: 'Starts the backup of one component, once',
    // Look and start: 30 s each.
    timeoutSeconds: 120,
    memoryMegabytes: small,
    search: false,
    config: false,
    ledger: { ...none, read: ['lock', 'components'], write: ['components'] },
    secrets: true,
    cluster: true,
    alerts: false,
    executions: false,
  },
  CheckComponentBackup: {
    file: 'check-component-backup',
    description: 'Looks at the backup of one component',
    // Look at the backup and, where Zeebe's is complete, read the phases: 30 s each.
    timeoutSeconds: 80,
    memoryMegabytes: small,
    search: false,
    config: false,
    ledger: { ...none, read: ['lock', 'components'], write: ['lock', 'components'] },
    secrets: true,
    cluster: true,
    alerts: false,
    executions: false,
  },
  StartRecordsBackup: {
    file: 'start-records-backup',
    description: 'Starts the snapshot of the exported records, once',
    timeoutSeconds: 120,
    memoryMegabytes: large,
    search: true,
    config: false,
    ledger: { ...none, read: ['lock', 'components'], write: ['components'] },
    secrets: true,
    cluster: true,
    alerts: false,
    executions: false,
  },
  CheckRecordsBackup: {
    file: 'check-records-backup',
    description: 'Looks at the snapshot of the exported records',
    timeoutSeconds: 80,
    memoryMegabytes: large,
    search: true,
    config: false,
    ledger: { ...none, read: ['lock', 'components'], write: ['components'] },
    secrets: true,
    cluster: true,
    alerts: false,
    executions: false,
  },
  CompleteBackup: {
    file: 'complete-backup',
    description: 'Writes the COMPLETED manifest and gives the lock back',
    timeoutSeconds: 80,
    memoryMegabytes: small,
    search: false,
    config: true,
    ledger: {
      read: ['lock', 'manifests', 'components'],
      write: ['lock', 'manifests'],
      list: false,
    },
    secrets: false,
    cluster: false,
    alerts: true,
    executions: false,
  },
  RecordFailure: {
    file: 'record-failure',
    description: 'Writes the FAILED manifest, gives the lock back, tells people',
    timeoutSeconds: 80,
    memoryMegabytes: small,
    search: false,
    config: true,
    ledger: {
      // What people could not be told is written down for the watchdog.
      read: ['lock', 'manifests', 'components', 'alerts'],
      write: ['lock', 'manifests', 'alerts'],
      list: false,
    },
    secrets: false,
    cluster: false,
    alerts: true,
    executions: false,
  },
  DeleteFailedBackup: {
    file: 'delete-failed-backup',
    description: 'Deletes what a failed backup has left in the components, before the next try',
    timeoutSeconds: 170,
    memoryMegabytes: large,
    search: true,
    config: false,
    ledger: { ...none, read: ['lock', 'manifests', 'components'] },
    secrets: true,
    cluster: true,
    alerts: false,
    executions: false,
  },
  WatchOverExporting: {
    file: 'watch-over-exporting',
    description: 'Resumes exporting that a dead run left paused, and notices when backups stay away',
    // Every cluster, side by side: a deadline ends each before this.
    timeoutSeconds: 240,
    memoryMegabytes: small,
    search: false,
    config: true,
    ledger: {
      read: ['lock', 'heartbeat', 'manifests', 'components', 'alerts'],
      write: ['lock', 'manifests', 'alerts', 'alertsAside'],
      list: true,
    },
    secrets: true,
    cluster: true,
    alerts: true,
    executions: true,
  },
};

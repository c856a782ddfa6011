/** The metrics of a cluster, and the unit of each, as CloudWatch calls it. Dashboard and alarms show them by these names. */
export const metrics = {
  BackupCompleted: 'Count',
  BackupFailed: 'Count',
  DurationSeconds: 'Seconds',
  PausedSeconds: 'Seconds',
  /** One for each component. */
  ComponentSeconds: 'Seconds',
  BackupAgeSeconds: 'Seconds',
  ExportingPausedSeconds: 'Seconds',
  ClustersNotReached: 'Count',
} as const;
export type MetricName = keyof typeof metrics;

/** A value of a metric, with the unit of that metric. */
export type Figure = {
  [Name in MetricName]: {
    name: Name;
    unit: (typeof metrics)[Name];
    value: number;
    cluster: string;
    component?: string;
  };
}[MetricName];

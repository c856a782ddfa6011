/** The metrics of a cluster and their CloudWatch units. The dashboard and the alarms use the same names. */
interface Metrics {
  BackupCompleted: 'Count';
  BackupFailed: 'Count';
  DurationSeconds: 'Seconds';
  PausedSeconds: 'Seconds';
  /** This metric has one series for each component. */
  ComponentSeconds: 'Seconds';
  BackupAgeSeconds: 'Seconds';
  ExportingPausedSeconds: 'Seconds';
}
export type MetricName = keyof Metrics;

/** A value of a metric, with the unit of that metric. */
export type Figure = {
  [Name in MetricName]: {
    name: Name;
    unit: Metrics[Name];
    value: number;
    cluster: string;
    component?: string;
  };
}[MetricName];

/** The headings of docs/runbook.md, by the kind of alert that names them. */
export const runbookHeadings = {
  backupFailed: 'Backup failed',
  backupNotKnown: 'Backup not known',
  exportingLeftPaused: 'Exporting left paused',
  exportingPausedForLong: 'Exporting paused for long',
  noRecentBackup: 'No recent backup',
  lockWaiting: 'Lock waiting',
  runAbandoned: 'Run abandoned',
  watchdogFailing: 'Watchdog failing',
  deadLetterQueueNotEmpty: 'Dead-letter queue not empty',
  alertsNotReceived: 'Alerts not received',
  backupDamaged: 'Backup damaged',
  backupNotProven: 'Backup not proven',
} as const;
export type RunbookHeading = keyof typeof runbookHeadings;

/**
 * The place of a heading. With a configured `address` it is a URL, with the fragment that GitHub and GitLab make of a
 * heading. Without one it names the page in this package, because a guessed URL would be a dead link.
 */
export function runbookPlace(heading: RunbookHeading, address: string | undefined): string {
  const title = runbookHeadings[heading];
  if (address === undefined) return `docs/runbook.md of camunda-backup, "${title}"`;
  return address.includes('#') ? address : `${address}#${title.toLowerCase().replace(/ /g, '-')}`;
}

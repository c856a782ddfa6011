/** The headings of docs/runbook.md, one for each alert; every alert names its own. */
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
} as const;
export type RunbookHeading = keyof typeof runbookHeadings;

/**
 * Where a heading is: below the configured `address` of the page, with the fragment that GitHub and GitLab make of a
 * heading; without one, which page of this package to open. An address that nobody configured would be a dead link.
 */
export function runbookPlace(heading: RunbookHeading, address: string | undefined): string {
  const title = runbookHeadings[heading];
  if (address === undefined) return `docs/runbook.md of camunda-backup, "${title}"`;
  return address.includes('#') ? address : `${address}#${title.toLowerCase().replace(/ /g, '-')}`;
}

/** The headings of docs/runbook.md, one for each alert; every alert links to its own. */
export const runbookHeadings = {
  backupFailed: 'Backup failed',
  exportingLeftPaused: 'Exporting left paused',
  noRecentBackup: 'No recent backup',
  runAbandoned: 'Run abandoned',
  watchdogFailing: 'Watchdog failing',
  deadLetterQueueNotEmpty: 'Dead-letter queue not empty',
} as const;
export type RunbookHeading = keyof typeof runbookHeadings;

const runbook = 'https://github.com/camunda-backup/camunda-backup/blob/main/docs/runbook.md';

/** Where a heading is: the fragment that GitHub makes of it. */
export function runbookUrl(heading: RunbookHeading): string {
  return `${runbook}#${runbookHeadings[heading].toLowerCase().replace(/ /g, '-')}`;
}

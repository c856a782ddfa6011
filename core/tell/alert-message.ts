import type { Alert } from '../alert.ts';
import { consoleOf } from './aws-console.ts';
import { runbookPlace } from './runbook.ts';

export interface Message {
  /** Fewer than 100 ASCII characters without a line break: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
  subject: string;
  text: string;
  attributes: Record<string, string>;
}

const headlines: Record<Alert['kind'], string> = {
  backupFailed: 'backup FAILED',
  backupNotKnown: 'the state of a backup is unknown',
  exportingLeftPaused: 'exporting is STILL PAUSED',
  exportingPausedForLong: 'exporting has been paused for a long time',
  noRecentBackup: 'no recent backup',
  lockWaiting: 'no backups: the lock waits for its own command',
  runAbandoned: 'a dead run was repaired',
  watchdogFailing: 'the watchdog fails',
  deadLetterQueueNotEmpty: 'a backup could not be started',
  alertsNotReceived: 'alerts do not reach everybody',
  backupDamaged: 'a backup is DAMAGED',
  backupNotProven: 'a backup is not proven',
  backupCompleted: 'backup complete',
  pauseEnded: 'a pause of exporting was ended by hand',
  testAlert: 'a test of the alerts',
};

/** SNS takes "less than 100 characters" on one page of its documentation, and "up to 100" on another one. */
const maxSubject = 99;

/** Makes the message of an alert. `runbook` is the configured URL of docs/runbook.md. */
export function messageOf(alert: Alert, runbook?: string | undefined): Message {
  const { kind, severity, cluster, backupId, component, reason, remedy, execution, manifest } = alert;
  const critical = severity === 'CRITICAL' ? 'CRITICAL: ' : '';
  // If the subject would be too long, it cuts the end of the cluster's name and never the headline.
  const room = maxSubject - `${critical}Camunda : ${headlines[kind]}`.length;
  const headline = `${critical}Camunda ${cluster.slice(0, room)}: ${headlines[kind]}`;
  const lines = [
    `${headline}. ${reason.replace(/\s*\n\s*/g, ' ')}`,
    ...(remedy ? [`What to do: ${remedy}`] : []),
    '',
    ...(backupId === undefined ? [] : [`Backup: ${backupId}`]),
    ...(component ? [`Component: ${component}`] : []),
    ...(execution ? [`Execution: ${execution}`] : []),
    ...(manifest ? [`Manifest: ${manifest}`] : []),
    ...(kind === 'backupCompleted' || kind === 'pauseEnded' || kind === 'testAlert'
      ? []
      : [`Runbook: ${runbookPlace(kind, runbook)}`]),
  ];
  return {
    subject: ascii(headline),
    text: `${lines.join('\n').trimEnd()}\n`,
    attributes: { kind, severity, cluster, facts: JSON.stringify(alert) },
  };
}

function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

/** The AWS console's URL of an execution; undefined if `runId` is not the ARN of one, or if its console is not known. */
export function executionUrl(runId: string): string | undefined {
  const [, partition, region = ''] = /^arn:([a-z-]+):states:([a-z0-9-]+):\d{12}:execution:/.exec(runId) ?? [];
  const console = partition && consoleOf(region, partition);
  return console && `${console}/states/home?region=${region}#/v2/executions/details/${runId}`;
}

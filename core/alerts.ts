import * as z from 'zod';
import { type RunbookHeading, runbookPlace } from './runbook.ts';

/**
 * What people are told. The same facts three times: a subject that an SMS or a list of mails shows, a text of
 * sentences, and JSON for machines (SNS message attributes).
 */
export interface Alert {
  kind: RunbookHeading | 'backupCompleted';
  severity: 'CRITICAL' | 'WARNING' | 'INFO';
  cluster: string;
  backupId?: number | undefined;
  component?: string | undefined;
  /** Why, as a sentence. */
  reason: string;
  /** What to do, as a sentence. */
  remedy?: string | undefined;
  /** The execution's page in the console. */
  execution?: string | undefined;
  manifest?: string | undefined;
}

export interface Message {
  /** At most 100 ASCII characters without a line break: more is refused by SNS. */
  subject: string;
  text: string;
  attributes: Record<string, string>;
}

const headlines: Record<Alert['kind'], string> = {
  backupFailed: 'backup FAILED',
  exportingLeftPaused: 'exporting is STILL PAUSED',
  noRecentBackup: 'no recent backup',
  runAbandoned: 'a dead run was put right',
  watchdogFailing: 'the watchdog fails',
  deadLetterQueueNotEmpty: 'a backup could not be started',
  backupCompleted: 'backup complete',
};

/** `runbook`: the configured address of that page. */
export function messageOf(alert: Alert, runbook?: string | undefined): Message {
  const { kind, severity, cluster, backupId, component, reason, remedy, execution, manifest } = alert;
  const critical = severity === 'CRITICAL' ? 'CRITICAL: ' : '';
  // At most 100 characters: of a long name the end is left away, never what happened.
  const room = 100 - `${critical}Camunda : ${headlines[kind]}`.length;
  const headline = `${critical}Camunda ${cluster.slice(0, room)}: ${headlines[kind]}`;
  const lines = [
    `${headline}. ${reason.replace(/\s*\n\s*/g, ' ')}`,
    ...(remedy ? [`What to do: ${remedy}`] : []),
    '',
    ...(backupId === undefined ? [] : [`Backup: ${backupId}`]),
    ...(component ? [`Component: ${component}`] : []),
    ...(execution ? [`Execution: ${execution}`] : []),
    ...(manifest ? [`Manifest: ${manifest}`] : []),
    ...(kind === 'backupCompleted' ? [] : [`Runbook: ${runbookPlace(kind, runbook)}`]),
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

/** The console's page of an execution, where `runId` is one. */
export function executionUrl(runId: string): string | undefined {
  const parsed = z
    .string()
    .regex(/^arn:[^:]+:states:[^:]+:\d+:/)
    .safeParse(runId);
  const region = runId.split(':')[3];
  if (!parsed.success || !region) return undefined;
  return `https://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/${runId}`;
}

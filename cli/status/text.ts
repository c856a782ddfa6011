import { formatSeconds } from '../../core/config/duration.ts';
import type { RecoveryPoint } from '../../core/inventory/backup.ts';
import { goOnWithIt, mayBeTakenOver } from '../../core/ledger/lock/purpose.ts';
import { line } from '../screen/labelled.ts';
import { inOneLine } from '../screen/one-line.ts';
import { type Output, paint } from '../screen/output.ts';
import { ago } from '../screen/values.ts';
import { addressLines } from './addresses.ts';
import type { CompletedStatus, FailedStatus } from './backup-status.ts';
import type { ClusterStatus } from './cluster-status.ts';
import { exportingSentence } from './exporting-status.ts';
import { type FailedRun, failedRunSentence, isRecorded } from './failed-run.ts';
import { type RunStatus, whoOf } from './run-status.ts';

/** The status of a cluster as text. `failedRun` is its newest execution that failed, if no backup has been completed since. */
export function block(status: ClusterStatus, { stdout }: Output, failedRun?: FailedRun): string {
  const {
    cluster,
    ok,
    problems,
    run,
    exporting,
    lastCompleted,
    recoveryPoints,
    lastFailed,
    ledgerRead,
    addresses,
  } = status;
  const none = ledgerRead ? 'none' : 'not known';
  const unrecorded = failedRun && !isRecorded(status, failedRun) ? failedRunSentence(failedRun) : undefined;
  const lines: [string, string][] = [
    ['status', ok ? paint(stdout, 'green', 'ok') : paint(stdout, 'red', `NOT OK: ${inOneLine(problems)}`)],
    ['run', run ? runSentence(run) : exporting.paused === null ? 'not known' : 'none at work'],
    ['exporting', exportingSentence(exporting)],
    ['last completed', lastCompleted ? completedSentence(lastCompleted) : none],
    ['rpo', ledgerRead ? recoverySentence(recoveryPoints) : none],
    ['last failed', unrecorded ?? (lastFailed ? failedSentence(lastFailed) : none)],
    ...(addresses ? [['addresses', addressLines(addresses)] satisfies [string, string]] : []),
  ];
  return [cluster, ...lines.map(([name, text]) => line(name, text, stdout))].join('\n');
}

function runSentence(run: RunStatus): string {
  const { state, purpose, backupId, owner, reason, since, seconds, url, repair, heartbeatUnknown } = run;
  const isExecution = owner.startsWith('arn:');
  const ofBackup = backupId === null ? 'a backup without an id yet' : `backup ${backupId}`;
  const what = purpose === 'backup' ? ofBackup : whoOf(run);
  const who = {
    running: `at work: ${what}`,
    dead: `DEAD, and its lock is left: ${what}`,
    unknown: `${what}, which may or may not be alive`,
  }[state];
  return [
    `${who} (${reason}), by ${owner}, since ${since} (${formatSeconds(seconds)})`,
    ...(url ? [url] : []),
    ...(heartbeatUnknown
      ? [`${isExecution ? 'whether it lives' : 'the age of its heartbeat'} is not known: ${heartbeatUnknown}`]
      : []),
    ...(state !== 'running' && !mayBeTakenOver(run) ? [goOnWithIt] : []),
    ...(repair ? [state === 'dead' ? `repair: ${repair}` : `if you know that it is dead: ${repair}`] : []),
  ].join('\n');
}

function completedSentence(last: CompletedStatus): string {
  const { backupId, startedAt, ageSeconds, durationSeconds, pausedSeconds, manifest } = last;
  const took = durationSeconds === null ? '' : `, took ${formatSeconds(durationSeconds)}`;
  const paused = pausedSeconds === null ? '' : `, exporting was paused for ${formatSeconds(pausedSeconds)}`;
  return `${backupId}, ${ago(ageSeconds)} (${startedAt})${took}${paused}\n${manifest}`;
}

/** What a restore would lose now. */
function recoverySentence({ usable, verified }: ClusterStatus['recoveryPoints']): string {
  const of = ({ backupId, ageSeconds }: RecoveryPoint, what: string) =>
    `${formatSeconds(Math.max(0, ageSeconds))} by the newest ${what} backup (${backupId})`;
  const byVerified = verified ? of(verified, 'verified') : 'not known by a verified backup: there is none';
  return usable ? `${of(usable, 'usable')}\n${byVerified}` : 'not known: there is no usable backup';
}

function failedSentence({ backupId, at, ageSeconds, failure }: FailedStatus): string {
  const remedy = failure.remedy === undefined ? '' : `\nWhat to do: ${failure.remedy}`;
  return `${backupId}, ${ago(ageSeconds)} (${at})\n${failure.error}: ${failure.message}${remedy}`;
}

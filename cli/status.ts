import { executionUrl } from '../core/alerts.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import type { Commands } from '../core/commands.ts';
import type { Config } from '../core/config.ts';
import { formatSeconds } from '../core/duration.ts';
import { BackupError, isBackupError } from '../core/errors.ts';
import type { Ledger } from '../core/ledger/ledger.ts';
import { type Lock, mayBePaused } from '../core/ledger/lock.ts';
import type { Failure, Manifest } from '../core/ledger/manifest.ts';
import { describeOwner, isRunAlive } from '../core/ledger/owner.ts';
import { exitCodes } from './exit-codes.ts';
import { localContext } from './local-context.ts';
import { type Output, paint, printJson, printLine } from './output.ts';

/** The object of `--json`. */
export interface StatusResult {
  ok: boolean;
  /** The cluster that was named; null where none was: every one is looked at. */
  cluster: string | null;
  clusters: ClusterStatus[];
  /** Why there is nothing to show, where an error ended the command. */
  failure: Failure | null;
}

export function failedStatus(cluster: string | null, failure: Failure): StatusResult {
  return { ok: false, cluster, clusters: [], failure };
}

/** How a cluster's backups are; one element of `clusters` in the object of `--json`. */
export interface ClusterStatus {
  cluster: string;
  ok: boolean;
  /** Why it is not ok, as sentences. */
  problems: string[];
  /** Who holds the lock. */
  run: RunStatus | null;
  exporting: { paused: boolean; since: string | null; seconds: number | null };
  lastCompleted: CompletedStatus | null;
  /** null also where it lies behind the newest thirty backups. */
  lastFailed: FailedStatus | null;
  /** How old the last completed backup may get, where that is known. */
  maxAgeSeconds: number | null;
}

export interface RunStatus {
  /** `unknown`: it cannot be seen from here whether it still runs. */
  state: 'running' | 'dead' | 'unknown';
  runId: string;
  owner: string;
  reason: string;
  backupId: number | null;
  since: string;
  seconds: number;
  /** The execution's page, where it is one. */
  url: string | null;
  /** What puts right what a dead run left. */
  repair: string | null;
}

export interface CompletedStatus {
  backupId: number;
  startedAt: string;
  ageSeconds: number;
  durationSeconds: number | null;
  /** null where it was not paused, or no end of the pause was seen. */
  pausedSeconds: number | null;
  manifest: string;
}

export interface FailedStatus {
  backupId: number;
  at: string;
  ageSeconds: number;
  failure: Failure;
  manifest: string;
}

/** What a look at a cluster needs. */
export interface StatusSource {
  ledger: Ledger;
  clock: Pick<Clock, 'now'>;
  /** Limits of the configuration, where there is one. */
  limits: { maxAge?: number | undefined; maxPause?: number | undefined };
  stateOf: (lock: Lock) => Promise<RunStatus['state']>;
  repairOf: (lock: Lock, state: RunStatus['state']) => string;
}

export interface StatusOptions {
  config: Config;
  commands: Commands;
  /** Every one unless given. */
  cluster?: string;
  json: boolean;
  output: Output;
  clock?: Clock;
}

/** `camunda-backup status`, of the ledger that the configuration names. Returns the exit code. */
export async function status(options: StatusOptions): Promise<number> {
  const { config, commands, cluster, json, output, clock = systemClock } = options;
  const { context, close } = localContext(config, commands, { clock });
  try {
    const clusters = await Promise.all(
      namesOf(config, cluster).map((name) =>
        clusterStatus(name, {
          ledger: context.ledger,
          clock,
          limits: config.clusters[name] ?? {},
          stateOf: async (lock) => states[await isRunAlive(lock, context)],
          repairOf: ({ cluster }, state) => commands.repair(cluster, { force: state !== 'dead' }),
        }),
      ),
    );
    const ok = clusters.every((one) => one.ok);
    const result: StatusResult = { ok, cluster: cluster ?? null, clusters, failure: null };
    if (json) printJson(output.stdout, result);
    else printLine(output.stdout, clusters.map((one) => block(one, output)).join('\n\n'));
    return ok ? exitCodes.done : exitCodes.failed;
  } finally {
    await close();
  }
}

const states = { alive: 'running', gone: 'dead', unknown: 'unknown' } as const;

function namesOf({ clusters }: Config, wanted: string | undefined): string[] {
  const names = Object.keys(clusters);
  if (wanted === undefined) return names;
  if (names.includes(wanted)) return [wanted];
  throw new BackupError(
    'ConfigurationError',
    `There is no cluster ${wanted}; there are: ${names.join(', ')}`,
  );
}

/** Looks at one cluster's ledger; changes nothing. */
export async function clusterStatus(cluster: string, source: StatusSource): Promise<ClusterStatus> {
  const { ledger, limits } = source;
  const [lock, backups] = await Promise.all([ledger.readLock(cluster), lookBack(cluster, ledger)]);
  const run = lock ? await runOf(lock, source) : null;
  const exporting = exportingOf(lock, source);
  const lastCompleted = backups.completed ? completedOf(backups.completed, source) : null;
  const empty = lock || backups.any ? undefined : await ledger.nothingOf(cluster);
  const problems = [
    ...pausedProblem(run, exporting, limits.maxPause),
    ...(empty ? [empty.message] : ageProblem(lastCompleted, limits.maxAge)),
    ...backups.unreadable,
  ];
  return {
    cluster,
    ok: problems.length === 0,
    problems,
    run,
    exporting,
    lastCompleted,
    lastFailed: backups.failed ? failedOf(backups.failed, source) : null,
    maxAgeSeconds: limits.maxAge ?? null,
  };
}

const failuresWithin = 30;
const atOnce = 10;

interface Backups {
  completed?: Manifest | undefined;
  failed?: Manifest | undefined;
  /** Documents of another version, as sentences. */
  unreadable: string[];
  /** There is one at all. */
  any: boolean;
}

/** The newest completed backup, however old, and what failed last, if that is not long ago. */
async function lookBack(cluster: string, ledger: Ledger): Promise<Backups> {
  const ids = (await ledger.backupIds(cluster)).reverse();
  const found: Backups = { unreadable: [], any: ids.length > 0 };
  for (let from = 0; from < ids.length; from += atOnce) {
    if (found.completed && (found.failed || from >= failuresWithin)) break;
    const manifests = await Promise.all(
      ids.slice(from, from + atOnce).map((id) => readManifest(cluster, id, ledger, found.unreadable)),
    );
    found.completed ??= manifests.find((one) => one?.state === 'COMPLETED');
    found.failed ??= manifests.find((one) => one?.state === 'FAILED');
  }
  return found;
}

async function readManifest(cluster: string, id: number, ledger: Ledger, unreadable: string[]) {
  try {
    return await ledger.readManifest(cluster, id);
  } catch (error) {
    if (!isBackupError(error, 'LedgerCorrupt')) throw error;
    unreadable.push(error.message);
    return undefined;
  }
}

async function runOf(lock: Lock, { clock, stateOf, repairOf }: StatusSource): Promise<RunStatus> {
  const { runId, owner, reason, backupId, acquiredAt } = lock;
  const state = await stateOf(lock);
  return {
    state,
    runId,
    owner: describeOwner(owner),
    reason,
    backupId: backupId ?? null,
    since: acquiredAt,
    seconds: secondsSince(acquiredAt, clock),
    url: executionUrl(runId) ?? null,
    repair: state === 'running' ? null : repairOf(lock, state),
  };
}

function exportingOf(lock: Lock | undefined, { clock }: StatusSource): ClusterStatus['exporting'] {
  const since = lock && mayBePaused(lock) ? lock.pauseRequestedAt : undefined;
  if (since === undefined) return { paused: false, since: null, seconds: null };
  return { paused: true, since, seconds: secondsSince(since, clock) };
}

/** A pause belongs to a run that ends it: one whose run is dead is left, and one that lasts too long is suspect. */
function pausedProblem(
  run: RunStatus | null,
  { paused, seconds }: ClusterStatus['exporting'],
  maxPause: number | undefined,
): string[] {
  if (!paused || !run || seconds === null) return [];
  if (run.state === 'dead') return ['exporting is left paused'];
  return maxPause !== undefined && seconds > maxPause
    ? [`exporting is paused for longer than ${formatSeconds(maxPause)}`]
    : [];
}

function ageProblem(last: CompletedStatus | null, maxAge: number | undefined): string[] {
  if (!last) return ['there is no completed backup'];
  return maxAge !== undefined && last.ageSeconds > maxAge
    ? [`the last completed backup is older than ${formatSeconds(maxAge)}`]
    : [];
}

function completedOf(manifest: Manifest, { ledger, clock }: StatusSource): CompletedStatus {
  const { cluster, backupId, startedAt, endedAt, exporting } = manifest;
  return {
    backupId,
    startedAt,
    ageSeconds: secondsSince(startedAt, clock),
    durationSeconds: secondsBetween(startedAt, endedAt),
    pausedSeconds: secondsBetween(exporting.pausedAt, exporting.resumedAt),
    manifest: ledger.manifestLocation(cluster, backupId),
  };
}

function failedOf(manifest: Manifest, { ledger, clock }: StatusSource): FailedStatus {
  const { cluster, backupId, startedAt, endedAt = startedAt } = manifest;
  return {
    backupId,
    at: endedAt,
    ageSeconds: secondsSince(endedAt, clock),
    failure: manifest.failure ?? { error: 'Unknown', message: 'The manifest names no reason' },
    manifest: ledger.manifestLocation(cluster, backupId),
  };
}

function secondsSince(instant: string, clock: Pick<Clock, 'now'>): number {
  return Math.max(0, (clock.now() - Date.parse(instant)) / 1000);
}

function secondsBetween(from: string | undefined, to: string | undefined): number | null {
  return from === undefined || to === undefined ? null : (Date.parse(to) - Date.parse(from)) / 1000;
}

/** A cluster as people read it: its status first. */
export function block(status: ClusterStatus, { stdout }: Output): string {
  const { cluster, ok, problems, run, exporting, lastCompleted, lastFailed } = status;
  const lines: [string, string][] = [
    ['status', ok ? paint(stdout, 'green', 'ok') : paint(stdout, 'red', `NOT OK: ${problems.join('; ')}`)],
    ['run', run ? runSentence(run) : 'none at work'],
    ['exporting', pauseSentence(exporting)],
    ['last completed', lastCompleted ? completedSentence(lastCompleted) : 'none'],
    ['last failed', lastFailed ? failedSentence(lastFailed) : 'none'],
  ];
  return [cluster, ...lines.map(([name, text]) => line(name, text))].join('\n');
}

const indent = '  ';
const width = 16;

/** `  name            text`, the text's further lines below its first. */
export function line(name: string, text: string): string {
  return `${indent}${name.padEnd(width)}${text.split('\n').join(`\n${indent}${' '.repeat(width)}`)}`;
}

function runSentence({ state, backupId, owner, reason, since, seconds, url, repair }: RunStatus): string {
  const what = backupId === null ? 'a backup without an id yet' : `backup ${backupId}`;
  const who = {
    running: `at work: ${what}`,
    dead: `DEAD, and its lock is left: ${what}`,
    unknown: `${what}, which may or may not be alive`,
  }[state];
  return [
    `${who} (${reason}), by ${owner}, since ${since} (${formatSeconds(seconds)})`,
    ...(url ? [url] : []),
    ...(repair ? [state === 'dead' ? `repair: ${repair}` : `if you know that it is dead: ${repair}`] : []),
  ].join('\n');
}

function pauseSentence({ paused, since, seconds }: ClusterStatus['exporting']): string {
  if (!paused || seconds === null) return 'not paused by a backup';
  return `PAUSED on its behalf for ${formatSeconds(seconds)}, since ${since}`;
}

function completedSentence(last: CompletedStatus): string {
  const { backupId, startedAt, ageSeconds, durationSeconds, pausedSeconds, manifest } = last;
  const took = durationSeconds === null ? '' : `, took ${formatSeconds(durationSeconds)}`;
  const paused = pausedSeconds === null ? '' : `, exporting was paused for ${formatSeconds(pausedSeconds)}`;
  return `${backupId}, ${formatSeconds(ageSeconds)} ago (${startedAt})${took}${paused}\n${manifest}`;
}

function failedSentence({ backupId, at, ageSeconds, failure }: FailedStatus): string {
  const remedy = failure.remedy === undefined ? '' : `\nWhat to do: ${failure.remedy}`;
  return `${backupId}, ${formatSeconds(ageSeconds)} ago (${at})\n${failure.error}: ${failure.message}${remedy}`;
}

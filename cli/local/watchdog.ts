import { maxPauseOf, maxUnexplainedPauseOf } from '../../core/backup/max-pause.ts';
import type { Commands } from '../../core/commands.ts';
import { formatSeconds } from '../../core/config/duration.ts';
import { type ClusterConfig, type Config, chooseCluster } from '../../core/config/schema.ts';
import type { Context } from '../../core/context.ts';
import { describe } from '../../core/errors.ts';
import type { Failure } from '../../core/ledger/manifest.ts';
import { messageOf } from '../../core/tell/alert-message.ts';
import { tellOfFailing } from '../../core/watch/failing.ts';
import type { Executions, WatchedLock } from '../../core/watch/lock.ts';
import { type SweepResult, sweep } from '../../core/watch/sweep.ts';
import type { Watched } from '../../core/watch/watch.ts';
import { namingCluster } from '../../deployment/commands.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { inOneLine } from '../screen/one-line.ts';
import { type Output, paint, printJson, printLine } from '../screen/output.ts';
import { localContext } from './context.ts';
import { listenForInterruption } from './interruption.ts';

export interface WatchdogOptions {
  host: Host;
  config: Config;
  commands: Commands;
  /** The cluster to look at; all of them if it is missing. */
  cluster?: string;
  json: boolean;
}

/** The object of `--json`. */
export interface WatchdogResult {
  ok: boolean;
  clusters: ClusterResult[];
  /** The error because of which no cluster was looked at; missing otherwise. */
  failure?: Failure;
}

interface ClusterResult {
  cluster: string;
  ok: boolean;
  /** null if the lock was not seen. This holds for the following fields, too. */
  lock: WatchedLock | null;
  /** Backups that had no run any more. They are marked FAILED now. */
  orphans: number[];
  backupAgeSeconds: number | null;
  pausedSeconds: number | null;
  /** The reasons why it is not ok, as sentences. */
  problems: string[];
}

export function failedWatchdog(
  cluster: string | null,
  failure: Failure,
): WatchdogResult & { cluster: string | null } {
  return { ok: false, cluster, clusters: [], failure };
}

/** The command line does not ask Step Functions, so it never stops or repairs an execution. */
const executions: Executions = {
  state: async () => 'unknown',
  stop: async () => {},
  endedBadly: async () => undefined,
  factsOf: async () => ({ cluster: undefined, error: undefined, cause: undefined }),
};

/** Runs `camunda-backup watchdog`, which looks once. Returns the exit code. */
export async function watchdog(options: WatchdogOptions): Promise<number> {
  const { host, config, commands, json } = options;
  const { output, env } = host;
  const clusters = clustersOf(options);
  const complain = (text: string) => printLine(output.stderr, text);
  const { context, close } = await localContext(config, commands, { env, warn: complain });
  const runbook = config.deployment?.alerts.runbook;
  const telling: Context = {
    ...context,
    tell: async (alert) => {
      complain(messageOf(alert, runbook).text);
      await context.tell(alert);
    },
  };
  // A signal does not cancel a repair, which takes only seconds: a repair that stops halfway would need a repair.
  const interruption = listenForInterruption({
    host,
    wayBack: () => 'finishing this look',
    first: complain,
    say: complain,
    insisted: () => {
      complain('Ended at once. Exporting may still be paused; the next look goes on.');
      host.exitNow(exitCodes.failed);
    },
  });
  try {
    const { watched, unknown } = await withBooks(clusters, context);
    const looks = await sweep(watched, { ...telling, executions });
    if (config.notify) await Promise.all(looks.map((look) => tellOfProblem(look, context)));
    const results = [...looks.map((look) => clusterResult(look, config.clusters[look.name])), ...unknown];
    const ok = results.every((one) => one.ok);
    const result: WatchdogResult = { ok, clusters: results };
    if (json) printJson(output.stdout, result);
    else for (const one of results) printLine(output.stdout, clusterSentence(one, output));
    return ok ? exitCodes.done : exitCodes.failed;
  } finally {
    interruption.stop();
    await close();
  }
}

/**
 * Tells people by the webhook that the looks at a cluster fail. The terminal shows that by itself. It never throws, because
 * the next look tries it again.
 */
async function tellOfProblem(look: SweepResult, context: Context): Promise<void> {
  if ('watched' in look) return;
  try {
    await tellOfFailing(look.name, { message: look.problem, remedy: look.remedy }, context);
  } catch (error) {
    context.warn(`The webhook was not told that the watchdog fails: ${describe(error)}`);
  }
}

function clustersOf({ config, cluster }: WatchdogOptions): Config['clusters'] {
  if (cluster === undefined) return config.clusters;
  const { name, cluster: chosen } = chooseCluster(config, cluster, namingCluster);
  return { [name]: chosen };
}

/** Separates the clusters of which the ledger has nothing: the configuration may name the wrong ledger. */
async function withBooks(clusters: Config['clusters'], { ledger }: Context) {
  const watched: Config['clusters'] = {};
  const unknown: ClusterResult[] = [];
  for (const [name, cluster] of Object.entries(clusters)) {
    // If the ledger does not answer, the look itself reports it.
    const nothing = await ledger.nothingOf(name).catch(() => undefined);
    if (nothing) unknown.push(notSeen(name, describe(nothing)));
    else watched[name] = cluster;
  }
  return { watched, unknown };
}

function notSeen(cluster: string, problem: string): ClusterResult {
  return {
    cluster,
    ok: false,
    lock: null,
    orphans: [],
    backupAgeSeconds: null,
    pausedSeconds: null,
    problems: [problem],
  };
}

function clusterResult(look: SweepResult, config: ClusterConfig | undefined): ClusterResult {
  if ('problem' in look) {
    return notSeen(look.name, look.notReached ? `its look did not end: ${look.problem}` : look.problem);
  }
  const problems = problemsOf(look.watched, config);
  return { ...look.watched, ok: problems.length === 0, problems };
}

function problemsOf(
  { lock, pausedSeconds, backupAgeSeconds, unknown }: Watched,
  limits: Pick<ClusterConfig, 'maxPause' | 'version' | 'maxAge'> = {},
): string[] {
  const { maxAge } = limits;
  // The longer limit depends on the order of a run, so it applies only while a run holds the lock.
  const longest = lock === 'free' ? maxUnexplainedPauseOf(limits) : maxPauseOf(limits);
  return [
    ...(lock === 'still-paused' || (pausedSeconds !== null && pausedSeconds > longest)
      ? [
          `exporting is STILL PAUSED, ${pausedSeconds === null ? 'and it is not known for how long' : `for ${formatSeconds(pausedSeconds)}`}`,
        ]
      : []),
    ...(lock === 'waiting'
      ? ['the lock waits for the command that took it, and every backup is SKIPPED until then']
      : []),
    ...(maxAge !== undefined && backupAgeSeconds !== null && backupAgeSeconds > maxAge
      ? [`there is no completed backup of the last ${formatSeconds(maxAge)}`]
      : []),
    ...unknown,
    ...(backupAgeSeconds === null ? ['the age of the last completed backup is not known'] : []),
  ];
}

const locks: Record<WatchedLock, string> = {
  free: 'no run is at work',
  running: 'a run is at work',
  repaired: 'what a dead run left was repaired',
  'still-paused': 'a run keeps exporting paused',
  'not-ours': 'a run has the lock, and it cannot be seen from here whether it lives',
  waiting: 'the lock is kept for the command that took it',
};

function clusterSentence(
  { cluster, ok, lock, orphans, problems }: ClusterResult,
  { stdout }: Output,
): string {
  const status = ok ? paint(stdout, 'green', 'ok') : paint(stdout, 'red', `NOT OK: ${inOneLine(problems)}`);
  const marked = orphans.length > 0 ? ` Marked FAILED, because no run was at work on it: ${orphans}.` : '';
  const seen = lock === null ? '' : ` (${locks[lock]})`;
  return `${cluster}: ${status}${seen}.${marked}`;
}

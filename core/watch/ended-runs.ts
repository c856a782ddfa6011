import type { Alert } from '../alert.ts';
import { nowIso } from '../clock.ts';
import type { Context } from '../context.ts';
import type { WatchMemory } from '../ledger/watch-memory.ts';
import { executionUrl } from '../tell/alert-message.ts';
import type { Alerts } from '../tell/untold.ts';
import type { Remembered } from './noticed.ts';

/** An execution that ended, and not as a success. */
export interface EndedRun {
  runId: string;
  status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  endedAt: string;
}

/** What an execution says about itself. */
export interface RunFacts {
  /** Undefined if its input names none. */
  cluster: string | undefined;
  error: string | undefined;
  cause: string | undefined;
}

/** What one look needs to know of the runs that people were told of. */
interface Look {
  /** The beginning of the look, when the memory was read. */
  began: number;
  memory: WatchMemory;
  /** The runs that this look repairs, of which it tells people anyway. */
  repaired: (string | undefined)[];
}

type Needs = Pick<Context, 'commands' | 'config'> & {
  executions: { endedBadly(): Promise<EndedRun[] | undefined>; factsOf(runId: string): Promise<RunFacts> };
};

/** A run's own alert, or that of its repair, is recorded before this time has passed since its end. */
const settledAfterSeconds = 60;

/**
 * Records an alert for each run that ended badly without anybody being told: the function that tells people failed, or
 * the run was stopped while it held no lock. Returns what the next look has to remember.
 */
export async function keepUntoldRuns(
  cluster: string,
  { began, memory, repaired }: Look,
  alerts: Pick<Alerts, 'keep'>,
  context: Needs,
): Promise<Remembered> {
  const { executions, commands } = context;
  const { seenRunsUntil, toldOfRuns = [], untold = [] } = memory;
  const until = nowIso({ clock: { now: () => began - settledAfterSeconds * 1000 } });
  const listed = await executions.endedBadly();
  // The memory stays readable for an older command line, which does not know `seenRunsUntil`.
  if (!listed) return {};
  // What ended before the first look may be months old.
  if (seenRunsUntil === undefined) return { seenRunsUntil: until };
  const ended = listed.filter(({ endedAt }) => endedAt > seenRunsUntil && endedAt <= until);
  const newest = ended
    .map(({ endedAt }) => endedAt)
    .toSorted()
    .at(-1);
  if (newest === undefined) return {};
  const known = new Set([...repaired, ...toldOfRuns, ...untold.map(({ runId }) => runId)]);
  const { clusters } = await context.config();
  let isKept = true;
  for (const run of ended.filter(({ runId }) => !known.has(runId))) {
    const facts = await executions.factsOf(run.runId);
    if (ownerOf(facts.cluster, Object.keys(clusters)) !== cluster) continue;
    const alert = untoldRunAlert(cluster, run, facts, commands.repair(cluster));
    isKept = (await alerts.keep({ runId: run.runId, alert })) && isKept;
  }
  return isKept ? { seenRunsUntil: newest } : {};
}

/** The cluster whose look reports a run. The first one reports those of a cluster that is not configured. */
function ownerOf(cluster: string | undefined, configured: string[]): string | undefined {
  return cluster !== undefined && configured.includes(cluster) ? cluster : configured[0];
}

function untoldRunAlert(
  cluster: string,
  { runId, status, endedAt }: EndedRun,
  { error, cause }: RunFacts,
  repair: string,
): Alert {
  const why = [error, cause].filter(Boolean).join(': ');
  const how = {
    FAILED: 'failed, and nothing shows that people were told',
    TIMED_OUT: 'reached the time limit of the state machine while it held no lock',
    ABORTED: 'was stopped from outside while it held no lock',
  }[status];
  return {
    kind: status === 'FAILED' ? 'backupFailed' : 'runAbandoned',
    severity: 'WARNING',
    cluster,
    reason: `A run that ended at ${endedAt} ${how}${why ? `. ${why}` : ''}.`,
    remedy: `Look at the history of the execution, and start a new backup if there is none. What is left of it is shown by: ${repair}`,
    execution: executionUrl(runId),
  };
}

import { errorNames } from '../../core/error-names.ts';
import { isRunAlive } from '../../core/ledger/lock/owner.ts';
import type { Manifest } from '../../core/ledger/manifest.ts';
import { forTheStateMachine, splitRemedy } from '../../lambdas/carried-error.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { carriedFailure } from '../failure.ts';
import { chooseDisplay } from '../screen/display.ts';
import type { Observation } from '../screen/observation.ts';
import { printJson, printLine } from '../screen/output.ts';
import { oneLine } from '../screen/sentences.ts';
import { summary } from '../screen/summary.ts';
import { isComplete, newView, pausedSeconds, type RunView } from '../screen/view.ts';
import { end } from '../screen/view-changes.ts';
import { waitingRoom } from '../screen/waiting.ts';
import { localContext } from './context.ts';
import { type Ended, localRunResult } from './ending.ts';
import { type Outcome, startExecution } from './engine.ts';
import { heartbeatOf } from './heartbeat.ts';
import { type Interruption, interrupted, listenForInterruption } from './interruption.ts';
import { knownLock } from './known-lock.ts';
import { mayLeavePaused, repairWhatIsLeft, whatIsLeft } from './left-behind.ts';
import { newRunId } from './run-id.ts';
import { requireSecrets, warnOfWebhook } from './secrets-check.ts';
import type { RunOptions, Session } from './session.ts';
import { steadyClock } from './steady-clock.ts';
import { endOfHeartbeat, goBack, stopped } from './way-back.ts';

/** Runs a backup in this process, from the state machine's first state to its last. Returns the exit code. */
export async function runBackup(options: RunOptions): Promise<number> {
  const { host, config, commands } = options;
  const { output, env } = host;
  const { name: cluster } = options.cluster;
  const waiting = new AbortController();
  const giveUpWaiting = () => waiting.abort();
  const warn = (text: string) => display.say(text);
  // The heartbeat has a context of its own, because it may still write to the ledger when the run may not.
  const own = await localContext(config, commands, { env, warn });
  const now = steadyClock(() => own.context.clock.now());
  const startedAt = now();
  const runId = newRunId('local', startedAt);
  const heartbeat = heartbeatOf({ ...own.context, cluster, runId });
  const { context: unwatched, close } = await localContext(config, commands, {
    interrupt: waiting.signal,
    env,
    warn,
    heartbeat: { heartbeat, during: 'run' },
  });
  const room = waitingRoom(now);
  const { lock, watch } = knownLock(runId);
  const context = room.watch({ ...unwatched, ledger: watch(unwatched.ledger) });
  const display = await chooseDisplay(output, now, room.waiting);
  let view = newView(cluster);
  const change = (how: (view: RunView) => RunView) => {
    view = how(view);
    display.update(view);
  };
  const session: Session = {
    options,
    context,
    runId,
    request: {
      cluster,
      reason: options.reason,
      ...(options.backupId === undefined ? {} : { backupId: options.backupId }),
    },
    lock,
    view: () => view,
    change,
    display,
    heartbeat,
    giveUpWaiting,
    watch: room.watch,
    now,
    observe: (observation) => {
      const seen = { ...observation, at: now() };
      change((view) => options.shown.after(view, seen));
    },
  };
  const interruption = listenForInterruption({
    host,
    wayBack: () => (mayLeavePaused(session) ? 'resuming exporting' : 'releasing the lock'),
    first: (text) => {
      display.say(text);
      giveUpWaiting();
    },
    insisted: (code) => {
      display.end();
      printLine(output.stderr, whatIsLeft(session));
      host.exitNow(mayLeavePaused(session) ? exitCodes.failed : code);
    },
    say: (text) => display.say(text),
  });

  try {
    await repairWhatIsLeft(session);
    const known = requireSecrets(cluster, options.cluster.cluster, context.secrets);
    await Promise.race([Promise.all([known, warnOfWebhook(config, context)]), interruption.requested]);
    const ended = interruption.seen ? interruption.ended() : await runToTheEnd(session, interruption);
    view = end(view);
    display.end(view);
    const manifest = await manifestOfRun(session, ended);
    const measured = {
      durationSeconds: (now() - startedAt) / 1000,
      pausedSeconds: pausedSeconds(view),
      isBetweenTries: view.plan === undefined,
      location: manifest ? context.ledger.manifestLocation(cluster, manifest.backupId) : null,
    };
    const result = await localRunResult(ended, cluster, manifest, commands, measured, (holder) =>
      isRunAlive(holder, context).catch(() => 'unknown'),
    );
    printLine(output.stderr, summary(result, manifest, { output, commands, withComponents: !display.stays }));
    if (options.json) printJson(output.stdout, result);
    return exitCodeOf(result);
  } finally {
    display.end();
    interruption.stop();
    await heartbeat.end();
    await Promise.all([close(), own.close()]);
  }
}

/** Runs the state machine. In whatever way it ends, this function resumes exporting if the run has paused it. */
async function runToTheEnd(session: Session, interruption: Interruption): Promise<Ended> {
  const { context, runId, request, heartbeat } = session;
  let lastState = '';
  let isSaid = false;
  const observe = (seen: Observation) => {
    lastState = seen.state;
    session.observe(seen);
    // RecordFailure has no line on the display.
    if (seen.state !== 'RecordFailure' || seen.type !== 'threw' || isSaid) return;
    isSaid = true;
    const why = oneLine(splitRemedy(seen.error.message).message);
    session.display.say(
      seen.error.name === errorNames.AlertFailed
        ? `${why}. This is tried again for a while, and then by the watchdog.`
        : `The end of this run could not be recorded, and is tried again for a while: ${why}`,
    );
  };
  const running = startExecution({
    procedure: session.options.shown.procedure,
    context,
    runId,
    input: request,
    observe,
    ...session.options.host.waits,
  });
  // The engine throws only after a bug, or after its own time limit.
  const result = running.result.then(endedOf, failed);
  const tooEarly = Promise.race([interruption.requested, endOfHeartbeat(session)]);
  let ended = await Promise.race([result, tooEarly.then(() => undefined)]);
  if (!ended) {
    await stopped(running, session);
    // The state that was at work has ended now, and it may have been the last one.
    const view = session.view();
    if (isComplete(view)) return { status: 'SUCCEEDED', output: view.completed };
    if (view.failureRecorded && view.failure) return { status: 'FAILED', failure: view.failure };
    ended = interruption.seen ? interruption.ended() : failed(forTheStateMachine(heartbeat.failure()));
  }
  const { cluster, failure, failureRecorded, steps } = session.view();
  if (ended.status === 'SUCCEEDED' || failureRecorded) return ended;
  if (ended.status === 'FAILED' && lastState === 'TellFailure' && !heartbeat.isLate()) {
    // The run was already on its way back, and has used all retries there.
    session.display.say(
      `The end of this run could not be recorded in the ledger. Its lock stays; the next run repairs it, or: ${session.options.commands.repair(cluster)}`,
    );
    return ended;
  }
  // A failure before the signal is the reason. The signal only kept it from being recorded.
  const failing = steps.some(({ status }) => status === 'failed') ? failure : undefined;
  await goBack(session, failing ?? interruption.failure ?? ended.failure);
  const after = session.view();
  return isComplete(after) ? { status: 'SUCCEEDED', output: after.completed } : ended;
}

const failed = (thrown: unknown): Ended => ({
  status: 'FAILED',
  failure: carriedFailure(thrown instanceof Error ? thrown : new Error(String(thrown))),
});

function endedOf(outcome: Outcome): Ended {
  switch (outcome.status) {
    case 'SUCCEEDED':
      return outcome;
    case 'FAILED':
      return {
        status: 'FAILED',
        failure: carriedFailure({ name: outcome.error, message: outcome.cause }),
      };
    case 'INTERRUPTED':
      return { status: 'INTERRUPTED', failure: interrupted };
  }
}

/**
 * The manifest of this run, or undefined if there is none that can be read. If the run was interrupted before another
 * try, it is the manifest of the last try.
 */
async function manifestOfRun(
  { context, runId, ...session }: Session,
  { status }: Ended,
): Promise<Manifest | undefined> {
  const view = session.view();
  const before = status === 'INTERRUPTED' ? view.earlier.at(-1)?.backupId : undefined;
  const backupId = view.plan?.run.backupId ?? before;
  if (backupId === undefined) return undefined;
  try {
    const manifest = await context.ledger.readManifest(view.cluster, backupId);
    return manifest?.runId === runId ? manifest : undefined;
  } catch {
    return undefined;
  }
}

import { heldBy, repair } from '../core/backup/repair.ts';
import type { Commands } from '../core/commands.ts';
import type { ClusterConfig, Config } from '../core/config.ts';
import type { Context } from '../core/context.ts';
import { isBackupError } from '../core/errors.ts';
import { type Lock, mayBePaused } from '../core/ledger/lock.ts';
import type { Manifest } from '../core/ledger/manifest.ts';
import { isRunAlive } from '../core/ledger/owner.ts';
import { chooseDisplay } from './display.ts';
import { resultOf } from './ending.ts';
import { type Observation, type Outcome, startExecution } from './engine.ts';
import { exitCodeOf } from './exit-codes.ts';
import { type Failure, type Interruption, listenForInterruption } from './interruption.ts';
import { localContext } from './local-context.ts';
import { type Output, printJson, printLine } from './output.ts';
import type { Display } from './plain-display.ts';
import { newRunId } from './run-id.ts';
import { requireSecrets } from './secrets-check.ts';
import type { onEnding } from './signals.ts';
import { summary } from './summary.ts';
import { isComplete, isPauseAnswered, newView, pausedSeconds, type RunView } from './view.ts';
import { apply, end } from './view-changes.ts';

export interface RunOptions {
  config: Config;
  cluster: { name: string; cluster: ClusterConfig };
  commands: Commands;
  backupId?: number;
  reason: string;
  json: boolean;
  output: Output;
  onEnding: typeof onEnding;
  /** Ends the process at once: the answer to a second signal. */
  exitNow: (code: number) => void;
}

/** What the parts of a run share. */
interface Session {
  options: RunOptions;
  context: Context;
  runId: string;
  request: { cluster: string; reason: string; backupId?: number };
  view: RunView;
  display: Display;
  observe: (seen: Observation) => void;
  /** The lock of an earlier run that is being repaired. */
  repairing?: Lock | undefined;
}

/** Runs a backup in this process, from the state machine's first state to its last. Returns the exit code. */
export async function runBackup(options: RunOptions): Promise<number> {
  const { output, config, commands } = options;
  const { name: cluster } = options.cluster;
  const giveUpWaiting = new AbortController();
  const { context, close } = localContext(config, commands, {
    interrupt: giveUpWaiting.signal,
    warn: (text) => display.say(text),
  });
  const now = () => context.clock.now();
  const startedAt = now();
  const display = await chooseDisplay(output, now);
  const view = newView(cluster);
  const session: Session = {
    options,
    context,
    runId: newRunId('local', startedAt),
    request: {
      cluster,
      reason: options.reason,
      ...(options.backupId === undefined ? {} : { backupId: options.backupId }),
    },
    view,
    display,
    observe: (seen) => {
      apply(view, seen);
      display.update(view);
    },
  };
  const interruption = listenForInterruption({
    onEnding: options.onEnding,
    wayBack: () => (mayLeavePaused(session) ? 'resuming exporting' : 'giving the lock back'),
    first: (text) => {
      display.say(text);
      giveUpWaiting.abort();
    },
    insisted: (code) => {
      display.end();
      printLine(output.stderr, whatIsLeft(session));
      options.exitNow(code);
    },
    say: (text) => display.say(text),
  });

  try {
    await repairWhatIsLeft(session);
    const known = requireSecrets(cluster, options.cluster.cluster, context.secrets);
    await Promise.race([known, interruption.requested]);
    const outcome: Outcome = interruption.seen
      ? { status: 'INTERRUPTED' }
      : await runToTheEnd(session, interruption);
    end(view);
    display.end(view);
    const manifest = await readManifest(session);
    const measured = {
      durationSeconds: (now() - startedAt) / 1000,
      pausedSeconds: pausedSeconds(view),
      location: manifest ? context.ledger.manifestLocation(cluster, manifest.backupId) : null,
    };
    const result = await resultOf(outcome, cluster, manifest, commands, measured, (holder) =>
      isRunAlive(holder, context).catch(() => 'unknown'),
    );
    printLine(output.stderr, summary(result, manifest, { output, commands, withComponents: !display.stays }));
    if (options.json) printJson(output.stdout, result);
    return exitCodeOf(result);
  } finally {
    display.end();
    interruption.stop();
    await close();
  }
}

/** Runs the state machine. However it ends, by itself or not, nothing that it paused is left paused. */
async function runToTheEnd(session: Session, interruption: Interruption): Promise<Outcome> {
  const { context, runId, request, view } = session;
  let lastState = '';
  const observe = (seen: Observation) => {
    lastState = seen.state;
    session.observe(seen);
  };
  const running = startExecution({ context, runId, input: request, observe });
  // Only a bug of the engine, or its own time limit, is thrown.
  const result = running.result.catch(failed);
  let outcome = await Promise.race([result, interruption.requested.then(() => undefined)]);
  if (!outcome) {
    await running.stop();
    // What was at work was waited for: it may have been the last step.
    if (isComplete(view)) return { status: 'SUCCEEDED', output: view.completed };
    if (view.failureRecorded && view.failure) return { status: 'FAILED', ...inOutcome(view.failure) };
    outcome = interruption.outcome();
  }
  if (outcome.status === 'SUCCEEDED' || view.failureRecorded) return outcome;
  if (outcome.status === 'FAILED' && lastState === 'RecordFailure') {
    // It has been on its way back already, and has repeated what may be repeated.
    session.display.say(
      `How this run ended could not be written into the ledger. Its lock stays; the next run puts it right, or: ${session.options.commands.repair(view.cluster)}`,
    );
    return outcome;
  }
  // What failed before a signal came is the reason; the signal only kept it from being written down.
  const failing = view.steps.some(({ status }) => status === 'failed') ? view.failure : undefined;
  await undo(session, failing ?? interruption.failure ?? inFailure(outcome));
  return isComplete(view) ? { status: 'SUCCEEDED', output: view.completed } : outcome;
}

/** The rest of the state machine from where a failure enters it. Its calls wait for their answers. */
async function undo({ options, runId, request, observe, view, display }: Session, failure: Failure) {
  const { context, close } = localContext(options.config, options.commands, {
    warn: (text) => display.say(text),
  });
  try {
    await startExecution({
      context,
      runId,
      observe,
      ...(view.plan
        ? {
            startAt: 'ResumeExportingAfterFailure',
            // Whoever ends a run wants no other try.
            input: { ...view.plan, attempts: view.plan.attempt, failure },
          }
        : { startAt: 'RecordFailure', input: { ...request, failure } }),
    }).result;
  } catch (error) {
    display.say(`This is a bug in camunda-backup: ${error instanceof Error ? error.stack : error}`);
  } finally {
    await close();
  }
}

const failed = (thrown: unknown): Outcome => {
  const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { status: 'FAILED', error: name, cause: message };
};

const inOutcome = (failure: Failure) => ({ error: failure.Error, cause: failure.Cause });

function inFailure(outcome: Outcome): Failure {
  return outcome.status === 'FAILED'
    ? { Error: outcome.error, Cause: outcome.cause }
    : { Error: 'Interrupted', Cause: 'The run was interrupted' };
}

/** A lock whose owner is gone, from this host, is put right before anything else: exporting may be paused. */
async function repairWhatIsLeft(session: Session): Promise<void> {
  const { context, display, view } = session;
  const lock = await context.ledger.readLock(view.cluster);
  if (!lock && (await context.ledger.nothingOf(view.cluster))) {
    display.say(`The ledger ${context.ledger.home} is new: this is its first backup of ${view.cluster}.`);
  }
  if (!lock || (await isRunAlive(lock, context)) !== 'gone') return;
  display.say(
    `${heldBy(lock, 'gone', context.commands).message} That process is gone: putting right what it left.`,
  );
  session.repairing = lock;
  // A signal waits for it: also the answer that shows whether exporting is resumed is not given up.
  const patient = localContext(session.options.config, context.commands, {
    warn: (text) => display.say(text),
  });
  let repaired: Awaited<ReturnType<typeof repair>>;
  try {
    repaired = await repair(view.cluster, { force: false }, patient.context);
  } catch (error) {
    // Another command was faster: it holds the lock now, or has given it back.
    if (!isBackupError(error, 'LockLost', 'LockHeld')) throw error;
    session.repairing = undefined;
    display.say(error.message);
    return;
  } finally {
    await patient.close();
  }
  session.repairing = undefined;
  const exporting =
    repaired?.exporting === 'not-paused' ? 'Exporting was not paused by it.' : 'Exporting is resumed.';
  const state = repaired?.manifest?.state;
  const backup = state === 'FAILED' ? ` The backup ${lock.backupId} is marked FAILED.` : '';
  display.say(`${exporting}${backup} The lock is free.`);
}

/** Whether exporting may be paused now, by this run or by the one that it repairs. */
function mayLeavePaused({ view, repairing }: Session): boolean {
  if (repairing !== undefined && mayBePaused(repairing)) return true;
  return view.pausedAt !== undefined && view.resumedAt === undefined;
}

/** What a process that ends at once leaves behind, and what to do about it. */
function whatIsLeft(session: Session): string {
  const { view, options } = session;
  const { name, cluster } = options.cluster;
  const repairCommand = options.commands.repair(name);
  if (!mayLeavePaused(session)) {
    return `Ended at once. Exporting is not paused by this run. If its lock is left, the next run frees it, or: ${repairCommand}`;
  }
  const surely = isPauseAnswered(view);
  return [
    `EXPORTING OF ${name} ${surely ? 'IS' : 'MAY BE'} LEFT PAUSED: Zeebe cannot compact its log until it is resumed.`,
    `Run: ${repairCommand}`,
    `or by hand: curl -X POST ${cluster.zeebe.url}/actuator/exporting/resume`,
  ].join('\n');
}

/** The manifest of this run, as far as there is one and it can be read. */
async function readManifest({ context, runId, view }: Session): Promise<Manifest | undefined> {
  const backupId = view.plan?.run.backupId;
  if (backupId === undefined) return undefined;
  try {
    const manifest = await context.ledger.readManifest(view.cluster, backupId);
    return manifest?.runId === runId ? manifest : undefined;
  } catch {
    return undefined;
  }
}

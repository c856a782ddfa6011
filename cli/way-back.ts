/**
 * How a run ends that does not come to its own end: what it paused is resumed, and what it left is written down, by
 * itself as long as its heartbeat lets it, and as anybody may do it afterwards.
 */
import { repairLock } from '../core/backup/repair.ts';
import { resumeByHand } from '../core/by-hand.ts';
import { describe } from '../core/errors.ts';
import { splitRemedy } from '../lambdas/handler.ts';
import { type Running, startExecution } from './engine.ts';
import type { Failure } from './interruption.ts';
import { mayLeavePaused } from './left-behind.ts';
import { localContext } from './local-context.ts';
import type { Session } from './session.ts';

/** For the answers to a pause and a resume, which are waited for: 30 s, and a little more. */
const stopTakesSeconds = 35;
/** The resume has to be sent while this run may still send it, however silent the ledger is. */
const ledgerPatienceSeconds = 15;

/** Resolves when the run has to end because of its heartbeat, and says so. */
export async function endOfHeartbeat(session: Session): Promise<void> {
  const { heartbeat, display, giveUpWaiting } = session;
  await heartbeat.late;
  const wayBack = mayLeavePaused(session) ? 'resuming exporting' : 'giving the lock back';
  const before = heartbeat.isSilent() ? 'looking whether its lock is still its own' : wayBack;
  display.say(`${heartbeat.failure().message}. Before the end: ${before}.`);
  giveUpWaiting();
}

/**
 * Ends an execution, and waits for what is at work. What a silent ledger keeps at work is not waited for when the time
 * runs out: it cannot change anything any more.
 */
export async function stopped(running: Running, { heartbeat, context }: Session): Promise<void> {
  const outOfTime = heartbeat.late.then(() => context.clock.sleep(stopTakesSeconds * 1000));
  await Promise.race([running.stop(), outOfTime]);
}

export async function goBack(session: Session, failure: Failure): Promise<void> {
  const { heartbeat } = session;
  if (!heartbeat.isSilent()) await undo(session, failure);
  if (heartbeat.isSilent() && heartbeat.beats) await putOwnLockRight(session, failure);
}

/** The rest of the state machine from where a failure enters it. Its calls wait for their answers. */
async function undo(session: Session, failure: Failure): Promise<void> {
  const { options, runId, request, observe, view, display, heartbeat } = session;
  const { context, close } = await localContext(options.config, options.commands, {
    warn: (text) => display.say(text),
    heartbeat: { heartbeat, during: 'wayBack' },
    ledgerPatienceSeconds,
  });
  try {
    const running = startExecution({
      context: session.watch(context),
      runId,
      observe,
      ...(view.plan
        ? {
            startAt: 'ResumeExportingAfterFailure',
            // Whoever ends a run wants no other try.
            input: { ...view.plan, attempts: view.plan.attempt, failure },
          }
        : { startAt: 'RecordFailure', input: { ...request, failure } }),
    });
    await Promise.race([running.result, heartbeat.silent.then(() => running.stop())]);
  } catch (error) {
    display.say(`This is a bug in camunda-backup: ${error instanceof Error ? error.stack : error}`);
  } finally {
    await close();
  }
}

/**
 * The run has been without a heartbeat for so long that it may do only what anybody may: put right a lock that is still
 * its own, like that of any run that is gone.
 */
async function putOwnLockRight(session: Session, failure: Failure): Promise<void> {
  const { options, runId, view, display } = session;
  const { name: cluster } = options.cluster;
  const { context, close } = await localContext(options.config, options.commands, {
    warn: (text) => display.say(text),
    ledgerPatienceSeconds,
  });
  try {
    const lock = await context.ledger.readLock(cluster);
    if (lock?.runId !== runId) {
      display.say(`The lock of ${cluster} is not this run's any more: somebody has put right what it left.`);
      return;
    }
    const { Error: error, Cause } = failure;
    const { exporting, unreadable } = await repairLock(lock, { error, ...splitRemedy(Cause) }, context);
    if (exporting !== 'not-paused') view.resumedAt ??= context.clock.now();
    const resumed = exporting === 'not-paused' ? 'Exporting was not paused.' : 'Exporting is resumed.';
    display.say(`${resumed} The lock is free.`);
    if (unreadable) display.say(unreadable.message);
  } catch (error) {
    display.say(`What this run leaves could not be put right: ${describe(error)}`);
    display.say(whatMayBePaused(session));
  } finally {
    await close();
  }
}

function whatMayBePaused({ options, view }: Session): string {
  const { name, cluster } = options.cluster;
  const repairCommand = `As soon as the ledger can be written, run: ${options.commands.repair(name)}`;
  if (view.resumedAt !== undefined) {
    return `Exporting of ${name} is resumed, which could not be written down: the lock stays. ${repairCommand}`;
  }
  return [`EXPORTING OF ${name} MAY BE LEFT PAUSED.`, repairCommand, resumeByHand(cluster.zeebe)].join('\n');
}

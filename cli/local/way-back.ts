/**
 * How a run ends that does not come to its own end: what it paused is resumed, and what it left is written down, by
 * itself as long as its heartbeat lets it, and as anybody may do it afterwards.
 */

import type { Failure } from '../../core/ledger/manifest.ts';
import { backup } from '../../statemachine/backup-procedure.ts';
import { caught } from '../failure.ts';
import { localContext } from './context.ts';
import { type Running, startExecution } from './engine.ts';
import { mayLeavePaused } from './left-behind.ts';
import { putOwnLockRight } from './own-lock.ts';
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
  if (heartbeat.isSilent() && heartbeat.beats) await putRight(session, failure);
}

/** The rest of the state machine from where a failure enters it. Its calls wait for their answers. */
async function undo(session: Session, failure: Failure): Promise<void> {
  const { options, runId, request, observe, display, heartbeat } = session;
  const { plan } = session.view();
  const { context, close } = await localContext(options.config, options.commands, {
    env: options.host.env,
    warn: (text) => display.say(text),
    heartbeat: { heartbeat, during: 'wayBack' },
    ledgerPatienceSeconds,
  });
  try {
    const running = startExecution({
      procedure: backup,
      context: session.watch(context),
      runId,
      observe,
      ...options.host.waits,
      ...(plan
        ? {
            startAt: 'ResumeExportingAfterFailure',
            // Whoever ends a run wants no other try.
            input: { ...plan, attempts: plan.attempt, failure: caught(failure) },
          }
        : { startAt: 'RecordFailure', input: { ...request, failure: caught(failure) } }),
    });
    await Promise.race([running.result, heartbeat.silent.then(() => running.stop())]);
  } catch (error) {
    display.say(`This is a bug in camunda-backup: ${error instanceof Error ? error.stack : error}`);
  } finally {
    await close();
  }
}

/** As anybody may: without its heartbeat. */
async function putRight(session: Session, failure: Failure): Promise<void> {
  const { options, display } = session;
  const { context, close } = await localContext(options.config, options.commands, {
    env: options.host.env,
    warn: (text) => display.say(text),
    ledgerPatienceSeconds,
  });
  try {
    await putOwnLockRight(session, failure, context);
  } finally {
    await close();
  }
}

/**
 * The way back of a run that is ended early: it resumes exporting and records its failure. While its heartbeat is
 * recent, it does so as the owner of its lock; after that, only as any other process may do it.
 */

import type { Failure } from '../../core/ledger/manifest.ts';
import { caught } from '../failure.ts';
import { localContext } from './context.ts';
import { type Running, startExecution } from './engine.ts';
import { mayLeavePaused } from './left-behind.ts';
import { putOwnLockRight } from './own-lock.ts';
import type { Session } from './session.ts';

/** A little more than the 30 s for the answer to a pause or a resume, which a stop does not cancel. */
const stopTakesSeconds = 35;
/** Short, so that a silent ledger does not delay the resume until this run may not send it any more. */
const ledgerPatienceSeconds = 15;

/** Resolves when the run has to end because of its heartbeat, and prints the reason. */
export async function endOfHeartbeat(session: Session): Promise<void> {
  const { heartbeat, display, giveUpWaiting } = session;
  await heartbeat.late;
  const wayBack = mayLeavePaused(session) ? 'resuming exporting' : 'releasing the lock';
  const before = heartbeat.isSilent() ? 'checking whether its lock is still its own' : wayBack;
  display.say(`${heartbeat.failure().message}. Before the end: ${before}.`);
  giveUpWaiting();
}

/**
 * Stops an execution, and waits for the handlers that are at work. If the heartbeat is late, it stops waiting after a
 * time: a handler that a silent ledger holds up cannot change anything any more.
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

/** Runs the state machine from the state that a failure leads to. No signal cancels its calls. */
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
      procedure: options.shown.procedure,
      context: session.watch(context),
      runId,
      observe,
      ...options.host.waits,
      ...(plan
        ? {
            startAt: 'ResumeExportingAfterFailure',
            // A run that was ended early makes no other try.
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

/** Repairs the lock of this run without its heartbeat, as any other process may. */
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

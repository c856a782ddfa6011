import type { Clock } from '../../core/clock.ts';
import { BackupError, isBackupError } from '../../core/errors.ts';
import type { Procedure } from '../../statemachine/procedure.ts';
import type { Aws } from './aws.ts';
import { type Ended, historyReader, type NewEvents } from './history.ts';

export interface Watching {
  executionArn: string;
  procedure: Pick<Procedure, 'tasks'>;
  /** True if this command has just started the execution. */
  startedHere: boolean;
  aws: Aws;
  clock: Clock;
  /** Ends the watching. */
  signal: AbortSignal;
}

/** How a watching ended: with the execution, by the signal, or with an error that says nothing about the execution. */
export type WatchEnd = { ended: Ended } | { stopped: true } | { error: unknown; isKnown: boolean };

/**
 * The time after which a missing answer of AWS ends the watching, and the time for which a new execution may be
 * unknown.
 */
const patienceSeconds = 600;
const unknownSeconds = 30;

/** Passes the new events of an execution to `take` until it ends. `say` tells a person that AWS does not answer. */
export async function untilEnd(
  { executionArn, procedure, startedHere, aws, clock, signal }: Watching,
  take: (events: NewEvents) => void,
  say: (text: string) => void,
): Promise<WatchEnd> {
  const reader = historyReader(executionArn, procedure, aws);
  const beganAt = clock.now();
  let answeredAt: number | undefined;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const events = await reader.readNew(signal);
      answeredAt = clock.now();
      failures = 0;
      take(events);
      if (events.ended) return { ended: events.ended };
    } catch (error) {
      if (signal.aborted) break;
      const passes = mayPass(error, { startedHere }, (clock.now() - (answeredAt ?? beganAt)) / 1000);
      if (!passes) return { error, isKnown: startedHere || answeredAt !== undefined };
      failures += 1;
      if (failures === 1) say(`No answer, trying again: ${passes.message}`);
    }
    await clock.sleep(1000 * secondsToNextLook((clock.now() - beganAt) / 1000, failures), signal);
  }
  return { stopped: true };
}

/** One second in the first minute, 15 s after a quarter of an hour, and more after failed calls to AWS. */
export function secondsToNextLook(elapsedSeconds: number, failures: number): number {
  return Math.min(30, Math.min(15, Math.max(1, elapsedSeconds / 60)) * 2 ** Math.min(failures, 5));
}

function mayPass(
  error: unknown,
  { startedHere }: Pick<Watching, 'startedHere'>,
  seconds: number,
): BackupError | undefined {
  if (!(error instanceof BackupError)) return undefined;
  if (isBackupError(error, 'Unreachable', 'ServerTrouble') && seconds < patienceSeconds) return error;
  const { cause } = error;
  const unknown = cause instanceof Error && cause.name === 'ExecutionDoesNotExist';
  return unknown && startedHere && seconds < unknownSeconds ? error : undefined;
}

import type { Failure } from '../../core/ledger/manifest.ts';
import { exitCodes } from '../exit-codes.ts';
import { failureOf } from '../failure.ts';
import type { Host } from '../host.ts';
import type { Ending } from '../signals.ts';
import type { Ended } from './ending.ts';

/** The first thing that ends the run before its time, and what it makes of the run. */
export interface Interruption {
  readonly seen: Ending | undefined;
  /** Resolves at the first one. */
  requested: Promise<void>;
  /** How it is written down. */
  readonly failure: Failure | undefined;
  ended(): Ended;
  stop(): void;
}

/**
 * A signal that comes with the first one insists on nothing: npm and npx pass on the Ctrl-C that the terminal has
 * sent to this process already.
 */
const sameKeystrokeMilliseconds = 700;

/**
 * Begins the way back at the first signal, or at an exception that nobody caught; ends at once when a person
 * insists. A terminal that is closed afterwards (SIGHUP) is nobody who insists. Ctrl-Z is refused: as long as the
 * process were stopped, nobody would resume exporting.
 */
export function listenForInterruption(options: {
  host: Pick<Host, 'onEnding' | 'onSuspension'>;
  /** What the way back begins with, such as `resuming exporting`. */
  wayBack: () => string;
  first: (text: string) => void;
  insisted: (code: number) => void;
  say: (text: string) => void;
}): Interruption {
  const requested = Promise.withResolvers<void>();
  let seen: Ending | undefined;
  let seenAt = 0;
  const stopRefusing = options.host.onSuspension(() => {
    const what = options.wayBack();
    const way = seen
      ? `This command ends by itself after ${what}.`
      : `Ctrl-C ends this command after ${what}.`;
    options.say(`Ctrl-Z (SIGTSTP) is refused. ${way}`);
  });
  const stopListening = options.host.onEnding((ending) => {
    if (!seen) {
      seen = ending;
      seenAt = performance.now();
      options.first(
        ending.kind === 'bug'
          ? `${bug(ending)}\nBefore the end: ${options.wayBack()}.`
          : `${ending.signal}: ${options.wayBack()} before the end. Once more ends at once.`,
      );
      requested.resolve();
    } else if (ending.kind === 'bug') {
      options.say(bug(ending));
    } else if (ending.signal !== 'SIGHUP' && performance.now() - seenAt > sameKeystrokeMilliseconds) {
      options.insisted(seen.kind === 'bug' ? exitCodes.failed : exitCodes.interrupted);
    }
  });
  const failure = (): Failure | undefined => {
    if (!seen) return undefined;
    return seen.kind === 'bug'
      ? { error: seen.error.name, message: `A bug in camunda-backup: ${seen.error.message}` }
      : { error: 'Interrupted', message: `The run was interrupted by ${seen.signal}` };
  };
  return {
    get seen() {
      return seen;
    },
    requested: requested.promise,
    get failure() {
      return failure();
    },
    ended() {
      return seen?.kind === 'bug'
        ? { status: 'FAILED', failure: failureOf(seen.error) }
        : { status: 'INTERRUPTED', failure: failure() ?? interrupted };
    },
    stop() {
      stopListening();
      stopRefusing();
    },
  };
}

/** By what is not known. */
export const interrupted: Failure = { error: 'Interrupted', message: 'The run was interrupted' };

function bug({ error }: Extract<Ending, { kind: 'bug' }>): string {
  return `This is a bug in camunda-backup: ${error.stack ?? error.message}`;
}

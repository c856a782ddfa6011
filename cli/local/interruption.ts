import type { Failure } from '../../core/ledger/manifest.ts';
import { exitCodes } from '../exit-codes.ts';
import { failureOf } from '../failure.ts';
import type { Host } from '../host.ts';
import type { Ending } from '../signals.ts';
import type { Ended } from './ending.ts';

/** The first signal or bug that ends the run early, and the end that the run gets from it. */
export interface Interruption {
  readonly seen: Ending | undefined;
  /** Resolves when the first one comes. */
  requested: Promise<void>;
  /** The failure that the manifest records for it. */
  readonly failure: Failure | undefined;
  ended(): Ended;
  stop(): void;
}

/**
 * A second signal within this time belongs to the same Ctrl-C: the terminal sends it to this process, and npm and npx
 * pass it on.
 */
const sameKeystrokeMilliseconds = 700;

/**
 * Begins the way back at the first signal or uncaught exception, and ends at once if the person sends another signal.
 * SIGHUP does not count as another one, because it may only mean that the terminal was closed. Ctrl-Z is refused,
 * because a suspended process cannot resume exporting.
 */
export function listenForInterruption(options: {
  host: Pick<Host, 'onEnding' | 'onSuspension'>;
  /** The first step of the way back, such as `resuming exporting`. */
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
          : `${ending.signal}: ${options.wayBack()} before the end. Another signal ends this command at once.`,
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

/** The failure of a run that was interrupted by an unknown cause. */
export const interrupted: Failure = { error: 'Interrupted', message: 'The run was interrupted' };

function bug({ error }: Extract<Ending, { kind: 'bug' }>): string {
  return `This is a bug in camunda-backup: ${error.stack ?? error.message}`;
}

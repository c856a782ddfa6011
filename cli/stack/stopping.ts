import type { Ending, onEnding } from '../signals.ts';

/** What ends the watching before its time. The backup itself goes on. */
export interface Stopping {
  readonly seen: Ending | undefined;
  /** Aborted at the first one. */
  signal: AbortSignal;
  dispose(): void;
}

export function listenForStop(onSignal: typeof onEnding): Stopping {
  const controller = new AbortController();
  let seen: Ending | undefined;
  const dispose = onSignal((ending) => {
    seen ??= ending;
    controller.abort();
  });
  return {
    get seen() {
      return seen;
    },
    signal: controller.signal,
    dispose,
  };
}

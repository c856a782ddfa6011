import type { Ending, onEnding } from '../signals.ts';

/** A signal or a bug that ends the watching early. The backup itself goes on. */
export interface Stopping {
  readonly seen: Ending | undefined;
  /** Is aborted by the first one. */
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

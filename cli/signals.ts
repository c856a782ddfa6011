/** A reason to end a run early: a signal, or an exception that no code caught. */
export type Ending = { kind: 'signal'; signal: string } | { kind: 'bug'; error: Error };

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls `listener` for every signal and every uncaught exception that would otherwise end the process at once: ending
 * there could leave exporting paused. Returns a function that stops listening.
 */
export function onEnding(listener: (ending: Ending) => void): () => void {
  const onSignal = (signal: string) => listener({ kind: 'signal', signal });
  const onBug = (thrown: unknown) =>
    listener({ kind: 'bug', error: thrown instanceof Error ? thrown : new Error(String(thrown)) });
  for (const signal of signals) process.on(signal, onSignal);
  // Node turns an unhandled rejection into an uncaught exception.
  process.on('uncaughtException', onBug);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
    process.off('uncaughtException', onBug);
  };
}

/**
 * Keeps Ctrl-Z (SIGTSTP) from suspending this process, and calls `listener` instead: a suspended process cannot resume
 * exporting. Returns a function that stops listening.
 */
export function onSuspension(listener: () => void): () => void {
  process.on('SIGTSTP', listener);
  return () => {
    process.off('SIGTSTP', listener);
  };
}

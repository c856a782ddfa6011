/** What ends a run before its time. */
export type Ending = { kind: 'signal'; signal: string } | { kind: 'bug'; error: Error };

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls `listener` at everything that would otherwise end the process on the spot, also an exception that nobody
 * caught: with exporting paused, dying of it is the worst answer. Returns how to stop listening.
 */
export function onEnding(listener: (ending: Ending) => void): () => void {
  const onSignal = (signal: string) => listener({ kind: 'signal', signal });
  const onBug = (thrown: unknown) =>
    listener({ kind: 'bug', error: thrown instanceof Error ? thrown : new Error(String(thrown)) });
  for (const signal of signals) process.on(signal, onSignal);
  // An unhandled rejection becomes an uncaught exception.
  process.on('uncaughtException', onBug);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
    process.off('uncaughtException', onBug);
  };
}

/**
 * Keeps Ctrl-Z (SIGTSTP) from stopping this process, and calls `listener` instead: a process that is stopped resumes
 * nothing. Returns how to stop listening.
 */
export function onSuspension(listener: () => void): () => void {
  process.on('SIGTSTP', listener);
  return () => {
    process.off('SIGTSTP', listener);
  };
}

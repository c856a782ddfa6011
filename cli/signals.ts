const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Calls `listener` at every signal that would end the process; returns how to stop listening. */
export function onSignal(listener: (signal: string) => void): () => void {
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

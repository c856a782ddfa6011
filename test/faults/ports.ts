import { createServer, type Server } from 'node:net';

let taken = 0;

/**
 * A server that comes back needs its port again, and says by an unhandled rejection that somebody else on this
 * machine has it. That is no outcome: the case is made again.
 */
export function noticeTakenPorts(): void {
  process.on('unhandledRejection', (error) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    taken += 1;
  });
}

export function againWherePortIsTaken<T>(work: () => Promise<T>): () => Promise<T> {
  return async () => {
    for (let attempt = 1; ; attempt += 1) {
      const before = taken;
      const result = await work();
      if (taken === before || attempt === 3) return result;
    }
  };
}

/** A port that is free is taken by the next case: somebody has to stand there. */
export function keep(port: number): Server {
  const server = createServer((socket) => socket.destroy());
  // Taken already, and the simulator will say so.
  server.on('error', () => undefined);
  return server.listen(port, '127.0.0.1');
}

/** The simulator opens a port again without saying when it has. */
export const settled = () => new Promise<void>((resolve) => void setTimeout(resolve, 20));

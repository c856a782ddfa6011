import { createServer, type Server } from 'node:net';

let taken = 0;

/**
 * A server that comes back needs its old port again. If another process on this machine has taken it, the simulator fails
 * with an unhandled rejection. That says nothing about the product, so the case runs again.
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

/** Keeps a port busy, because the next case would take a free one. */
export function keep(port: number): Server {
  const server = createServer((socket) => socket.destroy());
  // If the port is already taken, the simulator reports it.
  server.on('error', () => undefined);
  return server.listen(port, '127.0.0.1');
}

/** Waits until the simulator has reopened a port, which it does not report. */
export const settled = () => new Promise<void>((resolve) => void setTimeout(resolve, 20));

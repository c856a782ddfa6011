import { createServer } from 'node:net';

/**
 * Ports on loopback that nobody listens on. They lie below the range from which the kernel gives ports to
 * outgoing connections: else a stopped server's port could be taken by one before the server starts again.
 */
const lowest = 15_000;
const highest = 32_000;

export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let attempt = 0; attempt < 1000 && ports.size < count; attempt++) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  if (ports.size < count) throw new Error(`no ${count} free ports found between ${lowest} and ${highest}`);
  return [...ports];
}

/** Whether nobody listens on this port of loopback. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

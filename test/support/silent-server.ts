import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { AwsPatience } from '../../core/connect/aws-client.ts';
import { cleanUp } from './clean-up.ts';

/** Starts a server that accepts every connection and never answers. `connections` counts them. */
export async function silentServer() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  assert(address && typeof address === 'object');
  return { endpoint: `http://127.0.0.1:${address.port}`, connections: () => sockets.length };
}

/** The patience of a client of AWS, but for one attempt of a moment, so that nobody waits. */
export function shortened(patience: AwsPatience): AwsPatience {
  const { requestHandler } = patience;
  return {
    ...patience,
    maxAttempts: 1,
    requestHandler: { ...requestHandler, connectionTimeout: 50, requestTimeout: 50, socketTimeout: 50 },
  };
}

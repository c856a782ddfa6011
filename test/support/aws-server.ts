import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import { cleanUp } from './clean-up.ts';

export interface Reply {
  status?: number;
  body: object | string;
  headers?: Record<string, string>;
}

/**
 * Starts a server in the place of AWS, and returns the settings of a client for it. It shows what `mockAws` cannot: the
 * requests that the SDK sends, and how the SDK reads an answer. A request without a reply is never answered.
 */
export async function awsServer(reply: (text: string, request: IncomingMessage) => Reply | undefined) {
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const replied = reply(text, request);
    if (!replied) return;
    const { status = 200, body, headers } = replied;
    const xml = typeof body === 'string';
    response.writeHead(status, {
      'content-type': xml ? 'text/xml' : 'application/x-amz-json-1.0',
      ...headers,
    });
    response.end(xml ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert(address && typeof address === 'object');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
}

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { describe, test } from '@jest/globals';
import { http } from '../../../core/connect/http.ts';
import { cleanUp } from '../../support/clean-up.ts';
import { failureOf } from '../fakes.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const get = (url: string, rest: { timeoutSeconds?: number; signal?: AbortSignal } = {}) =>
  http({ method: 'GET', url, ...rest });

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

describe('A request over HTTP', () => {
  test('A request carries its body as JSON, and its headers', async () => {
    const seen: unknown[] = [];
    const url = await serve(async (request, response) => {
      const { method, headers, url } = request;
      seen.push(
        method,
        url,
        headers['content-type'],
        headers.accept,
        headers.authorization,
        await textOf(request),
      );
      response.writeHead(202).end();
    });
    const answer = await http({
      method: 'POST',
      url: `${url}/actuator/backups?soft=true`,
      body: { backupId: 7 },
      headers: { authorization: 'Basic abc' },
    });
    const { date, ...rest } = answer;
    assert.deepEqual(rest, { status: 202, contentType: '', text: '' });
    assert.match(date ?? '', / GMT$/);
    assert.deepEqual(seen, [
      'POST',
      '/actuator/backups?soft=true',
      'application/json',
      'application/json',
      'Basic abc',
      '{"backupId":7}',
    ]);
  });

  test('A request without a body names no type of one', async () => {
    let type: string | undefined = 'not asked';
    const url = await serve((request, response) => {
      type = request.headers['content-type'];
      response.end();
    });
    await get(url);
    assert.equal(type, undefined);
  });
});

describe('An answer over HTTP', () => {
  for (const status of [200, 204, 400, 404, 409, 429, 500, 503]) {
    test(`An answer is whatever the server says: ${status}`, async () => {
      const url = await serve((_, response) => response.writeHead(status).end());
      assert.equal((await get(url)).status, status);
    });
  }

  test('An answer has its type without parameters, in lower case', async () => {
    const url = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'Text/HTML; charset=UTF-8' }).end('<html>ü</html>'),
    );
    const { date, ...answer } = await get(url);
    assert.deepEqual(answer, { status: 200, contentType: 'text/html', text: '<html>ü</html>' });
    assert.match(date ?? '', / GMT$/);
  });

  for (const status of [301, 302, 303, 307, 308]) {
    test(`A redirect (${status}) is not followed: a login page is not the server that was meant`, async () => {
      const asked: (string | undefined)[] = [];
      const url = await serve((request, response) => {
        asked.push(request.url);
        response.writeHead(status, { location: '/login' }).end();
      });
      const answer = await http({ method: 'POST', url: `${url}/actuator`, body: {} });
      assert.equal(answer.status, status);
      assert.equal(answer.location, '/login');
      assert.deepEqual(asked, ['/actuator']);
    });
  }

  test('An answer that is large is read as a whole', async () => {
    const large = 'x'.repeat(5 * 1024 * 1024);
    const url = await serve((_, response) => response.end(large));
    assert.equal((await get(url)).text, large);
  });

  test('An answer that never ends is given up after 64 MiB, and the connection closed', async () => {
    let sent = 0;
    let closed: Promise<unknown> | undefined;
    const chunk = Buffer.alloc(1024 * 1024);
    const url = await serve((_, response) => {
      closed = once(response, 'close');
      const more = () => {
        sent += 1;
        response.write(chunk, (error) => {
          if (!error && !response.destroyed) setImmediate(more);
        });
      };
      more();
    });
    const error = await failureOf(get(url));
    assert.equal(error.name, 'UnexpectedAnswer');
    assert.match(error.message, /answered with more than 64 MiB$/);
    await closed;
    assert(sent < 200, `${sent} MiB were sent`);
  });
});

describe('A request without a whole answer', () => {
  test('A request is Unreachable, with where and why, when nobody listens', async () => {
    const server = createTcpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const error = await failureOf(get(`http://127.0.0.1:${port}/actuator`));
    assert.equal(error.name, 'Unreachable');
    assert.match(
      error.message,
      new RegExp(`^GET http://127\\.0\\.0\\.1:${port}/actuator failed: .*ECONNREFUSED`),
    );
    assert.match(error.remedy ?? '', new RegExp(`^Nothing listens at 127\\.0\\.0\\.1:${port}`));
  });

  test('A request is Unreachable, with where and why, when the host is not known', async () => {
    const error = await failureOf(get('http://no-such-host.invalid/'));
    assert.equal(error.name, 'Unreachable');
    assert.match(error.message, /ENOTFOUND|EAI_AGAIN/);
  });

  test('A request is Unreachable, with where and why, when there is no answer in time', async () => {
    const url = await serve(() => undefined);
    const error = await failureOf(get(url, { timeoutSeconds: 0.1 }));
    assert.equal(error.name, 'Unreachable');
    assert.match(error.message, /failed: no answer within 0\.1 s$/);
  });

  test('A request is Unreachable, with where and why, when there is half an answer in time', async () => {
    const url = await serve((_, response) => response.writeHead(200).write('{"backupId"'));
    const error = await failureOf(get(url, { timeoutSeconds: 0.2 }));
    assert.equal(error.name, 'Unreachable');
    assert.match(error.message, /no answer within 0\.2 s$/);
  });

  test('A request is Unreachable, with where and why, when the connection is reset before the answer', async () => {
    const url = await serve((request) => request.socket.resetAndDestroy());
    const error = await failureOf(get(url));
    assert.equal(error.name, 'Unreachable');
    assert.match(error.message, /ECONNRESET|other side closed/);
  });

  test('A request is Unreachable, with where and why, when the connection breaks in the middle of the answer', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"backupId"', () => request.socket.destroy());
    });
    assert.equal((await failureOf(get(url))).name, 'Unreachable');
  });

  test('A request is Unreachable, with where and why, when what answers speaks no HTTP', async () => {
    const server = createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUp(() => server.close());
    const { port } = server.address() as AddressInfo;
    const error = await failureOf(get(`http://127.0.0.1:${port}`));
    assert.equal(error.name, 'Unreachable');
    assert.match(error.message, /does not speak HTTP/);
    assert.match(error.remedy ?? '', /^Correct the port/);
  });
});

test('A port that Node refuses is not asked at all, and another one is to be forwarded', async () => {
  const error = await failureOf(get('http://127.0.0.1:10080/actuator'));
  assert.equal(error.name, 'AddressUnusable');
  assert.match(
    error.message,
    /GET http:\/\/127\.0\.0\.1:10080\/actuator failed: Node speaks no HTTP to port 10080/,
  );
  assert.match(error.remedy ?? '', /^Forward another port to it/);
});

describe('A signal that ends a request', () => {
  test('A signal ends the wait for an answer at once', async () => {
    const controller = new AbortController();
    const url = await serve(() => controller.abort());
    const started = performance.now();
    const error = await failureOf(get(url, { signal: controller.signal }));
    assert.equal(error.name, 'Unreachable');
    assert.doesNotMatch(error.message, /no answer within/);
    assert(performance.now() - started < 5000);
  });

  test('A signal that was given before sends nothing', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      response.end();
    });
    assert.equal((await failureOf(get(url, { signal: AbortSignal.abort() }))).name, 'Unreachable');
    assert.equal(asked, 0);
  });

  test('A signal that is not given leaves the time-out as it is', async () => {
    const url = await serve(() => undefined);
    const { signal } = new AbortController();
    assert.match(
      (await failureOf(get(url, { timeoutSeconds: 0.1, signal }))).message,
      /no answer within 0\.1 s/,
    );
  });
});

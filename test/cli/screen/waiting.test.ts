import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, jest, test } from '@jest/globals';
import { plainDisplay } from '../../../cli/screen/plain-display.ts';
import { newsOfWaiting, waitingLines } from '../../../cli/screen/waiting.ts';
import { type Call, watchCalls } from '../../../core/calls.ts';
import type { Secrets } from '../../../core/connect/secrets.ts';
import { failureOf, fakeHttp, fakeSearch, json, noAnswer, testContext } from '../../core/fakes.ts';
import { fakeIntervals } from '../../support/fake-timers.ts';

const since = (what: string, seconds: number): Call => ({ what, since: seconds * 1000 });

describe('Whom a run waits for', () => {
  test('A run says after five seconds whom it waits for, the longest wait first, and each call once', () => {
    const calls = [since('GET http://b', 3), since('GET http://a', 0), since('GET http://a', 1)];
    assert.deepEqual(waitingLines(calls, 4900), []);
    assert.deepEqual(waitingLines(calls, 12_000), [
      'Waiting for GET http://a: no answer for 12 s.',
      'Waiting for GET http://b: no answer for 9 s.',
    ]);
  });

  test('A run that waits for many answers counts those that it does not name', () => {
    const calls = ['a', 'b', 'c', 'd', 'e'].map((name) => since(name, 0));
    assert.equal(waitingLines(calls, 6000).at(-1), 'Waiting for 2 more answers.');
  });

  test('A log names each call that a run waits for once', () => {
    const news = newsOfWaiting();
    const calls = [since('GET http://a', 0)];
    assert.equal(news(calls, 1000).length, 0);
    assert.equal(news(calls, 6000).length, 1);
    assert.equal(news(calls, 7000).length, 0);
    assert.equal(news([...calls, since('GET http://a', 2)], 8000).length, 0, 'the same, asked twice at once');
    assert.equal(news([since('GET http://a', 20)], 26_000).length, 1, 'another call');
  });

  test('A log says whom a run waits for also while nothing else happens', async () => {
    fakeIntervals();
    const stream = new PassThrough();
    let written = '';
    stream.on('data', (chunk: Buffer) => {
      written += chunk.toString();
    });
    let now = 0;
    const silent = [since('GET http://silent', 0)];
    const stderr = Object.assign(stream, { isTTY: false });
    const display = plainDisplay(
      { stdout: stderr, stderr, env: {} },
      () => now,
      () => silent,
    );
    now = 6000;
    jest.advanceTimersByTime(1000);
    jest.advanceTimersByTime(1000);
    display.end();
    now = 60_000;
    jest.advanceTimersByTime(1000);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(written, '1970-01-01T00:00:06Z Waiting for GET http://silent: no answer for 6 s.\n');
  });
});

describe('A context whose calls are watched', () => {
  test('A context whose calls are watched knows those that have no answer yet, of every kind', async () => {
    let answer = () => {};
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const search = fakeSearch([], { version: () => asked.then(() => 'opensearch 3.3.2') });
    const given = testContext({
      search,
      http: () => asked.then(() => json(200, {})),
    });
    const secrets: Secrets = () => asked.then(() => 'secret');
    const { context, waiting } = watchCalls({ ...given, secrets });
    const engine = await context.search({ engine: 'opensearch', url: 'http://search:9200' });
    const all = Promise.all([
      context.http({ method: 'GET', url: 'http://zeebe:9600/actuator' }),
      context.secrets({ env: 'ES_PASSWORD' }),
      engine.version(),
    ]);
    assert.deepEqual(
      waiting().map(({ what }) => what),
      [
        'GET http://zeebe:9600/actuator',
        'the environment variable ES_PASSWORD',
        'OpenSearch at http://search:9200 (GET /)',
      ],
    );
    answer();
    await all;
    assert.deepEqual(waiting(), []);
  });

  test('A context whose calls are watched forgets a call that has failed', async () => {
    const { http } = fakeHttp({ 'GET http://zeebe:9600/actuator': noAnswer() });
    const { context, waiting } = watchCalls(testContext({ http }));
    await failureOf(context.http({ method: 'GET', url: 'http://zeebe:9600/actuator' }));
    assert.deepEqual(waiting(), []);
  });
});

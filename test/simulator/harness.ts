import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { camunda, elasticsearch, opensearch } from '../../recordings/index.ts';
import type { SimulatorClock } from '../../simulator/index.ts';

/** A clock that a test sets. Whoever sleeps on it moves it, and does not wait. */
export class TestClock implements SimulatorClock {
  #now: number;

  constructor(now = Date.parse('2026-11-21T06:00:00Z')) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }

  async sleep(ms: number): Promise<void> {
    this.#now += ms;
  }
}

export interface Response {
  status: number;
  contentType: string | undefined;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json: unknown;
}

/** Sends the path as it is: fetch() would tidy up `/.` and `/a+b`. */
export function call(
  base: string,
  method: string,
  path: string,
  options: { body?: unknown; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  const { body, signal } = options;
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const headers = {
    ...(text !== undefined && {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    }),
    ...options.headers,
  };
  const url = new URL(base);
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: url.hostname, port: url.port, method, path, headers, agent: false, ...(signal && { signal }) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const received = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'],
            headers: response.headers,
            text: received,
            json: parsed(received),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface Exchange {
  title: string;
  /** Milliseconds since 1970. */
  at: number;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
  status: number;
  contentType: string | undefined;
  answer: string;
}

/** What a real Camunda 8.6.0 was asked, and what it answered. */
export function camundaRecording(name: keyof typeof camunda): Exchange[] {
  return exchangesOf(camunda[name]);
}

/** What a real search engine was asked, and what it answered. */
export function searchRecording(name: 'elasticsearch' | 'opensearch'): Exchange[] {
  return exchangesOf({ elasticsearch, opensearch }[name].snapshots);
}

/** What a real OpenSearch said of its shards, templates and nodes, before and after a snapshot. */
export const restoreFactsRecording = (): Exchange[] => exchangesOf(opensearch['restore-facts']);

/** What a real Elasticsearch said to restores. */
export const elasticsearchRecording = (name: keyof typeof elasticsearch): Exchange[] =>
  exchangesOf(elasticsearch[name]);

/** What a real OpenSearch said to deletions, closed indices and restores. */
export const openSearchRecording = (name: keyof typeof opensearch): Exchange[] =>
  exchangesOf(opensearch[name]);

function exchangesOf({ exchanges }: (typeof camunda)['exporting']): Exchange[] {
  return exchanges.map(({ title, at, request, response }) => ({
    title,
    at: instantOf(title, at),
    method: request.method,
    path: request.path,
    headers: request.headers,
    body: request.body ?? undefined,
    status: response.status,
    contentType: response.contentType ?? undefined,
    answer: response.body,
  }));
}

function instantOf(title: string, at: string | undefined): number {
  if (at === undefined) throw new Error(`"${title}" stands for itself: nobody knows when it was`);
  return Date.parse(at);
}

/** Asks the simulator the same, at the same pace, and compares status, media type and the shape of the body. */
export async function replay(
  recording: Exchange[],
  clock: TestClock,
  addressOf: (exchange: Exchange) => string,
): Promise<Response[]> {
  const answers: Response[] = [];
  let previous = recording[0]?.at ?? 0;
  for (const one of recording) {
    clock.advance(Math.max(0, one.at - previous));
    previous = one.at;
    const got = await call(addressOf(one), one.method, one.path, {
      ...(one.body !== undefined && { body: one.body }),
      headers: one.headers,
    });
    const where = `${one.title}: ${one.method} ${one.path}`;
    assert.equal(got.status, one.status, `${where}\nrecorded: ${one.answer}\nsimulated: ${got.text}`);
    assert.equal(got.contentType, one.contentType, where);
    assertSameShape(parsed(one.answer), got.json, where);
    answers.push(got);
  }
  return answers;
}

/** Objects that are keyed by data: partitions, indices, nodes, repositories, links. */
const KEYED_BY_DATA = /^(\d+|(zeebe-record|operate|tasklist).*|[\w-]{22}|camunda|slow|with-settings|self)$/;

/** Left out now and then: a partition without a snapshot has no snapshotId, a shard that is done no node. */
const OPTIONAL = ['snapshotId', 'node', 'processed'];

/** Same fields and types, whatever the values. Lists are compared by their first elements, null fits everything. */
function assertSameShape(recorded: unknown, simulated: unknown, where: string): void {
  if (recorded === null || simulated === null) return;
  if (Array.isArray(recorded) && Array.isArray(simulated)) {
    if (recorded.length > 0 && simulated.length > 0)
      assertSameShape(recorded[0], simulated[0], `${where}[0]`);
    return;
  }
  if (!isObject(recorded) || !isObject(simulated)) {
    assert.equal(typeof simulated, typeof recorded, where);
    assert.equal(Array.isArray(simulated), Array.isArray(recorded), where);
    return;
  }
  const keys = Object.keys(recorded).filter((key) => !OPTIONAL.includes(key));
  if (keys.some((key) => KEYED_BY_DATA.test(key))) {
    assertSameShape(Object.values(recorded)[0], Object.values(simulated)[0], `${where}.*`);
    return;
  }
  assert.deepEqual(
    Object.keys(simulated)
      .filter((key) => !OPTIONAL.includes(key))
      .sort(),
    keys.sort(),
    where,
  );
  for (const key of keys) assertSameShape(recorded[key], simulated[key], `${where}.${key}`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** A field deep inside parsed JSON: `at(body, 'details', 0, 'state')`. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let found = value;
  for (const step of path) {
    if (Array.isArray(found) && typeof step === 'number') found = found[step];
    else if (isObject(found)) found = found[String(step)];
    else return undefined;
  }
  return found;
}

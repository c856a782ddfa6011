import assert from 'node:assert/strict';
import type { Alert } from '../../core/alert.ts';
import type { Clock } from '../../core/clock.ts';
import type { SearchEngine, Snapshot } from '../../core/components/search/engine.ts';
import { parseConfig } from '../../core/config/file.ts';
import type { Http, HttpAnswer, HttpRequest } from '../../core/connect/http.ts';
import { management } from '../../core/connect/management.ts';
import type { Secrets } from '../../core/connect/secrets.ts';
import type { Context } from '../../core/context.ts';
import { BackupError } from '../../core/errors.ts';
import type { BackupEvent } from '../../core/event.ts';
import type { Figure } from '../../core/figures.ts';
import { type Ledger, ledger } from '../../core/ledger/ledger.ts';
import type { Owner } from '../../core/ledger/lock/lock.ts';
import { sparing } from '../../core/pacing.ts';
import { commands } from '../../deployment/commands.ts';
import { type MemoryStore, memoryStore } from './memory-store.ts';

/** A clock that moves only when it is told to. */
export class TestClock implements Clock {
  #now: number;

  constructor(start = '2026-11-21T09:00:00.000Z') {
    this.#now = Date.parse(start);
  }

  now(): number {
    return this.#now;
  }

  advance(seconds: number): void {
    this.#now += seconds * 1000;
  }

  /** Whoever sets somebody else a time limit (`signal` ends it) sleeps only where nobody else has anything to do. */
  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal) await new Promise((resolve) => setImmediate(resolve));
    if (!signal?.aborted) this.#now += milliseconds;
  }
}

/** Knows one secret. */
export const secrets: Secrets = async (ref) => {
  if ('env' in ref && ref.env === 'ES_PASSWORD') return 'not-to-be-seen';
  throw new BackupError('SecretUnavailable', `The secret ${JSON.stringify(ref)} is not there`);
};

export function json(status: number, body: unknown): HttpAnswer {
  return { status, contentType: 'application/json', text: JSON.stringify(body) };
}

export const webPage: HttpAnswer = {
  status: 200,
  contentType: 'text/html',
  text: '<!doctype html><html><head><title>Camunda</title></head></html>',
};

/** One answer; several, of which the last one stays; or what to do with a request. */
export type Reply = HttpAnswer | Error | (HttpAnswer | Error)[] | ((request: HttpRequest) => HttpAnswer);

export interface FakeHttp {
  http: Http;
  /** `METHOD url` → reply; may be changed while a test runs. */
  replies: Record<string, Reply>;
  requests: HttpRequest[];
  /** Every request as `METHOD url`. */
  calls: () => string[];
}

/** Answers as it is told. A request that nobody expected is a failed test, not an answer. */
export function fakeHttp(replies: Record<string, Reply> = {}): FakeHttp {
  const requests: HttpRequest[] = [];
  const used = new Map<string, number>();
  const http: Http = async (request) => {
    requests.push(request);
    const key = `${request.method} ${request.url}`;
    const reply = replies[key];
    assert(reply, `nobody expects ${key}`);
    if (typeof reply === 'function') return reply(request);
    const several = Array.isArray(reply) ? reply : [reply];
    const turn = used.get(key) ?? 0;
    used.set(key, turn + 1);
    const answer = several[Math.min(turn, several.length - 1)];
    assert(answer);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { http, replies, requests, calls: () => requests.map(({ method, url }) => `${method} ${url}`) };
}

/** What the client throws when there is no answer. */
export function noAnswer(url = 'http://zeebe:9600'): BackupError {
  return new BackupError('Unreachable', `GET ${url} failed: connect ECONNREFUSED`);
}

/** The management API of a component whose every path answers as told, by `METHOD path`. */
export function fakeServer(component: string, replies: Record<string, Reply>) {
  const base = `http://${component.toLowerCase()}:9600`;
  const fake = fakeHttp(
    Object.fromEntries(
      Object.entries(replies).map(([key, reply]) => {
        const [method, path = ''] = key.split(' ');
        return [`${method} ${base}/actuator${path ? `/${path}` : ''}`, reply];
      }),
    ),
  );
  return {
    ...fake,
    server: management(component, { url: base }, fake.http, secrets),
  };
}

export interface FakeSearch extends SearchEngine {
  created: { repository: string; name: string; indices: string; metadata: Record<string, unknown> }[];
  opened: number;
  closed: number;
}

/** A search engine with one snapshot repository and two indices of records. */
export function fakeSearch(snapshots: Snapshot[] = [], overrides: Partial<SearchEngine> = {}): FakeSearch {
  const engine: FakeSearch = {
    created: [],
    opened: 0,
    closed: 0,
    version: async () => 'elasticsearch 8.16.6',
    repository: async () => ({ readonly: undefined }),
    verifyRepository: async () => undefined,
    indices: async () => ['zeebe-record_job_8.8.0_2026-11-20', 'zeebe-record_process_8.8.0_2026-11-20'],
    async createSnapshot(repository, name, indices, metadata) {
      if (snapshots.some((snapshot) => snapshot.name === name)) return 'name-taken';
      engine.created.push({ repository, name, indices, metadata });
      snapshots.push(snapshotNamed(name, { metadata, state: 'IN_PROGRESS' }));
      return 'accepted';
    },
    snapshot: async (_, name) => snapshots.find((snapshot) => snapshot.name === name),
    snapshots: async (_, pattern) => snapshots.filter(({ name }) => matchesWildcards(pattern, name)),
    snapshotNames: async (_, prefix) =>
      snapshots.map(({ name }) => name).filter((name) => matchesWildcards(`${prefix}*`, name)),
    runningSnapshots: async () =>
      snapshots.filter(({ state }) => state === 'IN_PROGRESS').map(({ name }) => name),
    deleteSnapshot: async () => undefined,
    deletionsInTheWay: async () => [],
    nodes: async () => [{ name: 'n1', version: '8.16.6', roles: ['data', 'master'] }],
    counts: async () => [],
    snapshotFiles: async () => ({ indices: [] }),
    indexTemplates: async () => [],
    componentTemplates: async () => [],
    policies: async () => [],
    close: async () => {
      engine.closed += 1;
    },
    ...overrides,
  };
  return engine;
}

function matchesWildcards(pattern: string, name: string): boolean {
  return new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name);
}

export function snapshotNamed(name: string, rest: Partial<Snapshot> = {}): Snapshot {
  return {
    name,
    state: 'SUCCESS',
    indices: ['zeebe-record_job_8.8.0_2026-11-20', 'zeebe-record_process_8.8.0_2026-11-20'],
    shards: { total: 2, successful: 2, failed: 0 },
    metadata: {},
    failures: [],
    ...rest,
  };
}

export const someOwner: Owner = { kind: 'process', host: 'test-host', pid: 4711 };

export interface TestContext extends Context {
  clock: TestClock;
  store: MemoryStore;
  ledger: Ledger;
  /** What people were told. */
  told: Alert[];
  /** The events that were sent to other programs. */
  events: BackupEvent[];
  /** The figures that were recorded. */
  measured: Figure[];
  /** What was noted as wrong and harmless. */
  warnings: string[];
}

/** A context with everything in memory. `yaml` is a configuration. */
export function testContext({
  yaml = minimalYaml,
  http = fakeHttp().http,
  search = fakeSearch(),
  clock = new TestClock(),
  store = memoryStore(() => clock.now()),
}: {
  yaml?: string;
  http?: Http;
  search?: FakeSearch;
  store?: MemoryStore;
  clock?: TestClock;
} = {}): TestContext {
  const told: Alert[] = [];
  const events: BackupEvent[] = [];
  const measured: Figure[] = [];
  const warnings: string[] = [];
  const warn = (text: string) => {
    warnings.push(text);
  };
  return {
    config: async () => parseConfig(yaml, 'test.yaml'),
    store,
    ledger: ledger(store, typed, warn),
    http,
    secrets,
    search: async () => {
      search.opened += 1;
      return search;
    },
    clock,
    owner: () => someOwner,
    repairer: () => someOwner,
    told,
    canTell: true,
    tell: async (alert) => {
      told.push(alert);
    },
    events,
    publish: async (event) => {
      events.push(event);
    },
    measured,
    measure: (figures) => {
      measured.push(...figures);
    },
    warnings,
    warn,
    commands: typed,
    unwritten: new Map(),
    pacing: sparing,
  };
}

/** What people are told to type, where the program is on the PATH. */
export const typed = commands({ program: 'camunda-backup' });

export const minimalYaml = `
ledger: { folder: ./ledger }
clusters:
  production:
    zeebe: { url: http://zeebe:9600 }
`;

/** What `work` throws. Anything but a BackupError is a failed test. */
export async function failureOf(work: Promise<unknown>): Promise<BackupError> {
  const [result] = await Promise.allSettled([work]);
  assert(result.status === 'rejected', 'it did not fail');
  if (result.reason instanceof BackupError) return result.reason;
  throw result.reason;
}

/** The same, of what throws at once. */
export function thrownBy(work: () => unknown): Promise<BackupError> {
  return failureOf(Promise.resolve().then(work));
}

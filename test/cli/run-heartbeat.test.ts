import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { localContext } from '../../cli/local/context.ts';
import { guardedHttp, guardedSearch, guardedStore, impatientStore } from '../../cli/local/guarded.ts';
import { heartbeatOf, withHeartbeat } from '../../cli/local/heartbeat.ts';
import { parseConfig } from '../../core/config/file.ts';
import { BackupError, isBackupError } from '../../core/errors.ts';
import { ledger as ledgerIn } from '../../core/ledger/ledger.ts';
import { commands } from '../../deployment/commands.ts';
import { startSimulator } from '../../simulator/index.ts';
import { VirtualTime } from '../../simulator/virtual-time.ts';
import { manifest } from '../core/backup/world.ts';
import { failureOf, fakeHttp, fakeSearch, json, someOwner, thrownBy, typed } from '../core/fakes.ts';
import { ledgerTrouble, memoryStore } from '../core/memory-store.ts';
import { cleanUp } from '../support/clean-up.ts';

const key = 'production/heartbeat.json';
const runId = 'run-1';

/** A run that has just taken its lock. `seconds` pass until something is seen. */
async function setUp() {
  const time = new VirtualTime(Date.UTC(2026, 10, 21, 9));
  const began = time.now();
  let ahead = 0;
  let monotonicAhead = 0;
  const store = memoryStore(time.now);
  const ledger = ledgerIn(store, typed);
  const warnings: string[] = [];
  const heartbeat = heartbeatOf({
    ledger,
    cluster: 'production',
    runId,
    clock: { now: () => time.now() + ahead, sleep: time.sleep },
    monotonic: () => time.now() + monotonicAhead,
    warn: (text) => warnings.push(text),
  });
  // Nobody else makes the time pass.
  cleanUp(() => heartbeat.end());
  const books = withHeartbeat(ledger, heartbeat);
  await books.acquire({
    format: 2,
    cluster: 'production',
    runId,
    purpose: 'backup',
    owner: someOwner,
    reason: 'test',
    acquiredAt: new Date(began).toISOString(),
  });
  const beats = () => store.changes.filter((change) => change.endsWith(key)).length;
  return {
    store,
    books,
    heartbeat,
    warnings,
    beats,
    pass: (seconds: number) => time.sleep(seconds * 1000),
    passed: () => (time.now() - began) / 1000,
    setClock: (seconds: number) => {
      ahead += seconds * 1000;
    },
    setMonotonic: (seconds: number) => {
      monotonicAhead += seconds * 1000;
    },
    breakRenewals: () => {
      store.before = (call) => {
        if (call.endsWith(key)) ledgerTrouble(call);
      };
    },
  };
}
const may = (world: Awaited<ReturnType<typeof setUp>>) =>
  (['run', 'wayBack'] as const).filter((during) => {
    try {
      world.heartbeat.beforeChange(during);
      return true;
    } catch (error) {
      assert(isBackupError(error, 'HeartbeatLost'));
      return false;
    }
  });
const all = ['run', 'wayBack'];

describe('The heartbeat of a run', () => {
  test('The heartbeat of a run begins with its lock, is renewed every 30 seconds, and ends with its lock', async () => {
    const world = await setUp();
    assert.equal(world.beats(), 1);
    assert(world.heartbeat.beats);
    await world.pass(301);
    assert.equal(world.beats(), 11);
    assert.deepEqual(may(world), all);
    await world.books.release('production', runId);
    assert(!world.heartbeat.beats);
    await world.pass(600);
    assert.equal(world.beats(), 11);
    assert.deepEqual(may(world), all);
    assert.deepEqual(world.warnings, []);
  });

  test('The heartbeat of a run does not begin where another run holds the lock', async () => {
    const { books, heartbeat, beats, store } = await setUp();
    await books.release('production', runId);
    const lock = {
      format: 2,
      cluster: 'production',
      purpose: 'backup',
      owner: someOwner,
      reason: 'test',
    } as const;
    const acquiredAt = '2026-11-21T09:00:00.000Z';
    await ledgerIn(store, typed).acquire({
      ...lock,
      runId: 'run-2',
      acquiredAt,
    });
    await books.acquire({ ...lock, runId: 'run-3', acquiredAt });
    assert.equal(beats(), 1);
    assert(!heartbeat.beats);
  });

  test('A heartbeat that cannot be renewed calls its run back after three and a half minutes, and silences it after five', async () => {
    const world = await setUp();
    world.breakRenewals();
    await world.pass(209);
    assert.deepEqual(may(world), all);
    await world.heartbeat.late;
    assert(world.passed() >= 210 && world.passed() < 215, `${world.passed()} s`);
    assert.deepEqual(may(world), ['wayBack']);
    assert(!world.heartbeat.isSilent());
    await world.heartbeat.silent;
    assert(world.passed() >= 300 && world.passed() < 305, `${world.passed()} s`);
    assert.deepEqual(may(world), []);
    assert(world.heartbeat.isSilent());
    const { name, message, remedy } = world.heartbeat.failure();
    assert.equal(name, 'HeartbeatLost');
    assert.match(message, /for 5 min 0\d s \(The ledger cannot be reached/);
    assert(remedy);
    assert.equal(world.warnings.length, 1, 'said once, not every 30 s');
  });

  test('A heartbeat is not late where a renewal works in time', async () => {
    const world = await setUp();
    world.breakRenewals();
    await world.pass(170);
    world.store.before = () => undefined;
    await world.pass(600);
    assert.deepEqual(may(world), all);
  });

  test('A heartbeat that came back after its run was called back lets the way back take its time, and nothing else', async () => {
    const world = await setUp();
    world.breakRenewals();
    await world.heartbeat.late;
    world.store.before = () => undefined;
    await world.pass(3600);
    assert.deepEqual(may(world), ['wayBack']);
    assert.match(world.heartbeat.failure().message, /for 3 min 3\d s/);
  });

  test('A heartbeat is never renewed again once its run is silent, also where the ledger is back', async () => {
    const world = await setUp();
    world.breakRenewals();
    await world.heartbeat.silent;
    world.store.before = () => undefined;
    const before = world.beats();
    await world.pass(3600);
    assert.equal(world.beats(), before);
    assert.deepEqual(may(world), []);
  });

  const sleeps: { shownBy: string; sleep: (world: Awaited<ReturnType<typeof setUp>>) => void }[] = [
    { shownBy: 'the clock alone', sleep: ({ setClock }) => setClock(301) },
    { shownBy: 'the monotonic clock alone', sleep: ({ setMonotonic }) => setMonotonic(301) },
  ];
  for (const { shownBy, sleep } of sleeps) {
    test(`A heartbeat silences a run whose machine has stood still for five minutes, which ${shownBy} shows`, async () => {
      const world = await setUp();
      sleep(world);
      assert.deepEqual(may(world), []);
      assert(world.heartbeat.isSilent());
      // Also where the renewal that follows would work.
      await world.pass(60);
      assert.deepEqual(may(world), []);
      assert.equal(world.beats(), 1);
    });
  }

  test('A heartbeat does not silence a run whose clock is set back', async () => {
    const world = await setUp();
    world.setClock(-7200);
    await world.pass(3600);
    assert.deepEqual(may(world), all);
  });

  test('A heartbeat silences its run at once when another run has written its own', async () => {
    const world = await setUp();
    const beat = {
      format: 1,
      cluster: 'production',
      runId: 'run-2',
      beatAt: '2026-11-21T09:00:00.000Z',
    } as const;
    await ledgerIn(world.store, typed).beat(beat, { first: true });
    await world.heartbeat.silent;
    assert(world.passed() <= 31, `${world.passed()} s`);
    assert.deepEqual(may(world), []);
    assert.match(world.heartbeat.failure().message, /another run/);
  });

  test('The age of a heartbeat counts from when a renewal was sent, not from when its answer came', async () => {
    const world = await setUp();
    let answer: (() => void) | undefined;
    const hold = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const read = world.store.read;
    world.store.read = async (asked) => {
      if (asked === key) await hold;
      return read(asked);
    };
    await world.pass(200);
    answer?.();
    await world.pass(5);
    // Renewed with what was sent at 30 s: five minutes after that it is over.
    world.breakRenewals();
    await world.heartbeat.late;
    assert(world.passed() < 245, `${world.passed()} s`);
  });
});

describe('What a run may not do any more', () => {
  const refuse = () => {
    throw new BackupError('HeartbeatLost', 'too late');
  };
  const isRefused = async (work: () => unknown) => (await thrownBy(work)).name === 'HeartbeatLost';

  test('A run that may change nothing any more is refused every call to a component that changes something, and no other', async () => {
    const url = 'http://zeebe:9600/actuator/backups';
    const fake = fakeHttp({ [`GET ${url}`]: json(200, []) });
    const http = guardedHttp(fake.http, refuse);
    assert.equal((await http({ method: 'GET', url })).status, 200);
    for (const method of ['POST', 'PUT', 'DELETE'] as const) {
      assert(await isRefused(() => http({ method, url })), method);
    }
    assert.deepEqual(fake.calls(), [`GET ${url}`]);
  });

  test('A run that may change nothing any more is refused every call to the search engine that changes something, and no other', async () => {
    const engine = fakeSearch();
    const search = guardedSearch(engine, refuse);
    assert(await isRefused(() => search.createSnapshot('camunda', 'name', '*', {})));
    assert(await isRefused(() => search.deleteSnapshot('camunda', 'name')));
    assert(await isRefused(() => search.verifyRepository('camunda')));
    assert.deepEqual(engine.created, []);
    assert.equal(await search.version(), 'elasticsearch 8.16.6');
    assert.equal(await search.snapshot('camunda', 'name'), undefined);
  });

  test('A run that may change nothing any more is refused every change of the ledger, and no look', async () => {
    const memory = memoryStore();
    await memory.create('production/lock.json', '{}');
    const version = (await memory.read('production/lock.json'))?.version ?? '';
    const store = guardedStore(memory, refuse);
    const before = [...memory.changes];
    assert(await isRefused(() => store.create('production/new.json', '{}')));
    assert(await isRefused(() => store.write('production/new.json', '{}')));
    assert(await isRefused(() => store.replace('production/lock.json', '{"new":true}', version)));
    assert(await isRefused(() => store.remove('production/lock.json')));
    assert.deepEqual(memory.changes, before);
    assert.equal((await store.read('production/lock.json'))?.text, '{}');
    assert.deepEqual(await store.list(''), ['production/lock.json']);
    assert.notEqual(await store.ageOf('production/lock.json'), undefined);
  });
});

describe('The context of a run that is silent', () => {
  test('The context of a silent run reaches a cluster, a search engine and a ledger with questions only', async () => {
    const simulator = await startSimulator({ camunda: '8.8' });
    const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-test-'));
    cleanUp(() => Promise.all([simulator.close(), rm(folder, { recursive: true })]));
    const { zeebe, search: url = '' } = simulator.urls;
    const config = parseConfig(
      `ledger: { folder: ${JSON.stringify(folder)} }\nclusters: { test: { zeebe: { url: ${zeebe} } } }`,
      join(folder, 'test.yaml'),
    );
    const { heartbeat, setClock } = await setUp();
    setClock(301);
    const isRefused = async (work: () => Promise<unknown>) =>
      assert.equal((await failureOf(work())).name, 'HeartbeatLost');

    for (const during of ['run', 'wayBack'] as const) {
      const { context } = await localContext(config, commands({ program: 'camunda-backup' }), {
        heartbeat: { heartbeat, during },
        env: {},
        warn: () => {},
      });
      const { http, ledger } = context;
      const search = await context.search({ engine: 'elasticsearch', url });
      await isRefused(() => http({ method: 'POST', url: `${zeebe}/actuator/exporting/pause?soft=true` }));
      await isRefused(() => search.createSnapshot(simulator.repository, 'name', '*', {}));
      await isRefused(() => search.deleteSnapshot(simulator.repository, 'name'));
      await isRefused(() => ledger.createManifest({ ...manifest, cluster: 'test' }));
      assert.equal((await http({ method: 'GET', url: `${zeebe}/actuator/partitions` })).status, 200);
      assert.match(await search.version(), /^elasticsearch /);
      assert.equal(await ledger.readLock('test'), undefined);
      await search.close();
    }
    assert.deepEqual(
      simulator.calls().filter(({ method }) => method !== 'GET'),
      [],
    );
    assert.deepEqual([...(await readdir(folder))], []);
  });
});

test('A ledger that does not answer is given up after a while, with where and what to do', async () => {
  const time = new VirtualTime(0);
  const memory = memoryStore();
  memory.read = () => new Promise(() => {});
  const error = await failureOf(impatientStore(memory, 15, time).read('production/lock.json'));
  assert.equal(error.name, 'LedgerError');
  assert.match(error.message, /memory:production\/lock\.json gave no answer within 15 s/);
  assert(error.remedy);
  assert.equal(time.now(), 15_000);
});

test('While a call to a document of the ledger hangs, no other is sent after it; once it is over, they are', async () => {
  const time = new VirtualTime(0);
  const memory = memoryStore();
  const hung = Promise.withResolvers<undefined>();
  let calls = 0;
  memory.read = () => {
    calls += 1;
    return hung.promise;
  };
  const hanging = new Map();
  const first = impatientStore(memory, 15, time, hanging);
  const other = impatientStore(memory, 60, time, hanging);
  await failureOf(first.read('production/lock.json'));
  const error = await failureOf(other.read('production/lock.json'));
  assert.equal(error.name, 'LedgerError');
  assert.match(error.message, /memory:production\/lock\.json gave no answer yet to an earlier call/);
  assert.equal(time.now(), 15_000);
  assert.equal(calls, 1);
  hung.resolve(undefined);
  await hung.promise;
  assert.equal(await other.read('production/lock.json'), undefined);
  assert.equal(calls, 2);
});

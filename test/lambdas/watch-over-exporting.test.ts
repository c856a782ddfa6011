import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import type { HttpRequest } from '../../core/connect/http.ts';
import type { Context } from '../../core/context.ts';
import type { Executions } from '../../core/watch/lock.ts';
import { watch as watchOverExporting } from '../../lambdas/watch/watch-over-exporting.ts';
import { VirtualTime } from '../../simulator/virtual-time.ts';
import { exportingOf } from '../core/fake-cluster.ts';
import { fakeHttp, noAnswer, type TestContext, testContext } from '../core/fakes.ts';

const executions: Executions = {
  state: async () => 'running',
  stop: async () => undefined,
  endedBadly: async () => [],
  factsOf: async () => ({ cluster: undefined, error: undefined, cause: undefined }),
};
const yaml = `
ledger: { folder: ./ledger }
clusters:
  first: { zeebe: { url: http://a:9600 } }
  second: { zeebe: { url: http://b:9600 } }
deployment: { dashboard: true }
`;
const { http } = fakeHttp({ ...exportingOf('http://a:9600'), ...exportingOf('http://b:9600') });
const free = (cluster: string) => ({
  cluster,
  lock: 'free',
  orphans: [],
  backupAgeSeconds: 0,
  pausedSeconds: 0,
  unknown: [],
});

for (const { what, event } of [
  { what: 'the schedule calls it', event: {} },
  {
    what: 'the end of an execution calls it',
    event: { 'detail-type': 'Step Functions Execution Status Change', detail: {} },
  },
  { what: 'it is called without an event', event: undefined },
]) {
  test(`The watchdog looks at every cluster when ${what}`, async () => {
    const watched = await watchOverExporting(executions)(event, testContext({ yaml, http }));
    assert.deepEqual(watched, [free('first'), free('second')]);
  });
}

test('A cluster whose lock cannot be read is measured like the others, and is an error in the end', async () => {
  const context = testContext({ yaml, http });
  context.store.documents.set('first/lock.json', '{');
  await assert.rejects(
    watchOverExporting(executions)({}, context),
    /^Error: Not watched over: first: memory:first\/lock\.json/,
  );
  assert.deepEqual(
    context.measured.map(({ name, cluster }) => `${name} ${cluster}`),
    [
      'BackupAgeSeconds first',
      'ExportingPausedSeconds first',
      'BackupAgeSeconds second',
      'ExportingPausedSeconds second',
    ],
  );
});

/** Thirty clusters, on a clock that passes only when everybody waits. */
function thirty() {
  const names = Array.from({ length: 30 }, (_, index) => `c${String(index + 1).padStart(2, '0')}`);
  const clusters = names.map((name) => `  ${name}:\n    zeebe: { url: http://${name}:9600 }`);
  const context = testContext({
    yaml: `ledger: { folder: ./x }\nclusters:\n${clusters.join('\n')}\ndeployment: { dashboard: true }\n`,
  });
  const time = new VirtualTime(context.clock.now());
  return { names, context, time };
}

test('None of thirty silent clusters waits for another one: each is looked at in every sweep', async () => {
  const { names, context, time } = thirty();
  for (let sweep = 1; sweep <= 3; sweep += 1) {
    const asked = new Set<string>();
    const began = time.now();
    const silent = {
      ...context,
      clock: time,
      http: async ({ url, timeoutSeconds = 30 }: HttpRequest) => {
        asked.add(new URL(url).hostname);
        await time.sleep(timeoutSeconds * 1000);
        throw noAnswer(url);
      },
    };
    const watched = await watchOverExporting(executions)({}, silent);
    assert.deepEqual([...asked].sort(), names);
    assert.deepEqual(
      watched.map(({ cluster }) => cluster),
      names,
    );
    assert(time.now() - began < 60_000, `${(time.now() - began) / 1000} s`);
  }
});

test('A cluster whose look does not end is given up in time and said; the others are watched', async () => {
  const { context, time } = thirty();
  const began = time.now();
  const ledger = {
    ...context.ledger,
    readLock: async (cluster: string) =>
      cluster === 'c07' ? new Promise<never>(() => undefined) : context.ledger.readLock(cluster),
  };
  const http = async ({ url }: HttpRequest) => {
    throw noAnswer(url);
  };
  await assert.rejects(
    watchOverExporting(executions)({}, { ...context, ledger, http, clock: time }),
    /^Error: Not watched over: c07: not reached, there was no answer within 200 s$/,
  );
  assert((time.now() - began) / 1000 < 240, 'the function has 240 s');
  const aged = context.measured.filter(({ name }) => name === 'BackupAgeSeconds');
  assert.equal(aged.length, 29);
});

test('Figures that cannot be recorded are an error in the end, and keep no cluster from being watched', async () => {
  const context = testContext({ yaml, http });
  await assert.rejects(
    watchOverExporting(executions)(
      {},
      {
        ...context,
        measure: () => {
          throw new Error('no figures');
        },
      },
    ),
    /first: no figures; second: no figures$/,
  );
  assert((await context.ledger.readMemory('second'))?.watchedSince);
});

test('Without a dashboard no metric has a value at every look: each would cost as much as three alarms', async () => {
  const context = testContext({ yaml: yaml.replace('dashboard: true', 'dashboard: false'), http });
  assert.equal((await watchOverExporting(executions)({}, context)).length, 2);
  assert.deepEqual(context.measured, []);
});

describe('A cluster whose looks fail', () => {
  const failing = () => {
    const context = testContext({ yaml, http });
    context.store.documents.set('first/lock.json', '{');
    const sweep = (changes: Partial<Context> = {}) =>
      watchOverExporting(executions)({}, { ...context, ...changes });
    return { context, sweep };
  };
  const toldOf = ({ told }: TestContext) => told.map(({ kind, cluster }) => `${kind} ${cluster}`);

  test('A cluster whose looks fail is told at the third look, once a day, and then the call of the watchdog succeeds', async () => {
    const { context, sweep } = failing();
    for (let look = 1; look <= 2; look += 1) {
      await assert.rejects(sweep(), /^Error: Not watched over: first: memory:first.*What to do: /s);
      assert.deepEqual(context.told, []);
      context.clock.advance(300);
    }
    const [first, second] = await sweep();
    assert.deepEqual(Object.keys(first ?? {}), ['cluster', 'lock', 'problem']);
    assert.deepEqual(second, { ...free('second'), backupAgeSeconds: 600 });
    assert.deepEqual(toldOf(context), ['watchdogFailing first']);
    assert.match(context.told[0]?.reason ?? '', /not been able to look at first since .*memory:first/);
    assert.equal(context.told[0]?.severity, 'CRITICAL');
    assert(context.told[0].remedy);
    for (let passed = 0; passed <= 24 * 3600; passed += 7200) {
      await sweep();
      assert.deepEqual(toldOf(context), ['watchdogFailing first']);
      context.clock.advance(7200);
    }
    await sweep();
    assert.equal(context.told.length, 2);
  });

  test('A cluster that was looked at again begins anew, so that two more failures are not told', async () => {
    const { context, sweep } = failing();
    await assert.rejects(sweep());
    context.clock.advance(300);
    context.store.documents.delete('first/lock.json');
    await sweep();
    context.store.documents.set('first/lock.json', '{');
    context.clock.advance(600);
    await assert.rejects(sweep());
    assert.deepEqual(context.told, []);
  });

  for (const { what, changes } of [
    {
      what: 'people cannot be told of it',
      changes: () => ({ tell: () => Promise.reject(new Error('KMSAccessDenied')) }),
    },
    {
      what: 'the ledger cannot be written',
      changes: ({ ledger }: TestContext) => ({
        ledger: { ...ledger, changeMemory: () => Promise.reject(new Error('AccessDenied')) },
      }),
    },
  ]) {
    test(`The call of the watchdog fails as long as ${what}, which is what its alarm sees`, async () => {
      const { context, sweep } = failing();
      for (let look = 1; look <= 5; look += 1) {
        await assert.rejects(
          sweep(changes(context)),
          /people could not be told: (KMSA|A)ccessDenied|first: memory/,
        );
        context.clock.advance(300);
      }
      await assert.rejects(sweep(changes(context)), /people could not be told/);
    });
  }
});

test('Alerts that reach nobody are an error of the watchdog in the end, after every cluster was looked at', async () => {
  const context = testContext({ yaml, http });
  const reachNobody = () => Promise.reject(new Error('The alerts reach nobody'));
  await assert.rejects(watchOverExporting(executions, reachNobody)({}, context), {
    message: 'Not watched over: The alerts reach nobody',
  });
  assert((await context.ledger.readMemory('second'))?.watchedSince);
});

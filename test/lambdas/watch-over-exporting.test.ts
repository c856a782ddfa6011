import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import type { HttpRequest } from '../../core/connect/http.ts';
import type { Executions } from '../../core/watch/lock.ts';
import { watch as watchOverExporting } from '../../lambdas/watch/watch-over-exporting.ts';
import { VirtualTime } from '../../simulator/virtual-time.ts';
import { exportingOf } from '../core/fake-cluster.ts';
import { fakeHttp, noAnswer, testContext } from '../core/fakes.ts';

const executions: Executions = {
  state: async () => 'running',
  stop: async () => undefined,
};
const yaml = `
ledger: { folder: ./ledger }
clusters:
  first: { zeebe: { url: http://a:9600 } }
  second: { zeebe: { url: http://b:9600 } }
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
      'ClustersNotReached first',
      'ClustersNotReached second',
    ],
  );
});

/** Thirty clusters, on a clock that passes only when everybody waits. */
function thirty() {
  const names = Array.from({ length: 30 }, (_, index) => `c${String(index + 1).padStart(2, '0')}`);
  const clusters = names.map((name) => `  ${name}:\n    zeebe: { url: http://${name}:9600 }`);
  const context = testContext({ yaml: `ledger: { folder: ./x }\nclusters:\n${clusters.join('\n')}\n` });
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

test('A cluster whose look does not end is given up in time, said and counted; the others are watched', async () => {
  const { names, context, time } = thirty();
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
  const figures = context.measured.filter(({ name }) => name === 'ClustersNotReached');
  assert.deepEqual(
    figures.map(({ cluster, value }) => `${cluster} ${value}`),
    names.map((name) => `${name} ${name === 'c07' ? 1 : 0}`),
  );
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
    /first: no figures; second: no figures; The figures could not be recorded: no figures$/,
  );
  assert((await context.ledger.readMemory('second'))?.watchedSince);
});

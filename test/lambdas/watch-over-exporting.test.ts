import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Executions } from '../../core/watch-lock.ts';
import { watchOverExporting } from '../../lambdas/watch-over-exporting.ts';
import { exportingOf } from '../core/fake-cluster.ts';
import { fakeHttp, testContext } from '../core/fakes.ts';

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
const free = (cluster: string) => ({ cluster, lock: 'free', orphans: [], backupAgeSeconds: 0 });

for (const [what, event] of [
  ['the schedule', {}],
  ['an execution that ended', { 'detail-type': 'Step Functions Execution Status Change', detail: {} }],
  ['nothing', undefined],
] as const) {
  test(`the watchdog looks at every cluster, called by ${what}`, async () => {
    const watched = await watchOverExporting(executions)(event, testContext({ yaml, http }));
    assert.deepEqual(watched, [free('first'), free('second')]);
  });
}

test('a cluster that cannot be watched over does not stop the watch over the next, and is an error in the end', async () => {
  const context = testContext({ yaml, http });
  context.store.documents.set('first/lock.json', '{');
  await assert.rejects(
    watchOverExporting(executions)({}, context),
    /^Error: Not watched over: first: memory:first\/lock\.json/,
  );
  assert.deepEqual(
    context.measured.map(({ name, cluster }) => `${name} ${cluster}`),
    [
      'BackupAgeSeconds second',
      'ExportingPausedSeconds second',
      'ClustersNotReached first',
      'ClustersNotReached second',
    ],
  );
});

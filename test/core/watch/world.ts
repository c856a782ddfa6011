import assert from 'node:assert/strict';
import type { Lock, Owner } from '../../../core/ledger/lock/lock.ts';
import type { EndedRun, RunFacts } from '../../../core/watch/ended-runs.ts';
import type { Executions } from '../../../core/watch/lock.ts';
import { watchCluster } from '../../../core/watch/watch.ts';
import { manifest, pauseOf, run } from '../backup/world.ts';
import { at, exportingOf } from '../fake-cluster.ts';
import { fakeHttp, type TestContext, testContext } from '../fakes.ts';

export const arn = 'arn:aws:states:eu-central-1:123456789012:execution:camunda-backup:run-1';
export const execution: Owner = { kind: 'execution', arn };
export const resume = `POST ${at.zeebe}/actuator/exporting/resume`;
export const paused = pauseOf({
  requestedAt: '2026-11-21T09:00:00.000Z',
  pausedAt: '2026-11-21T09:00:01.000Z',
});

/** Executions of which one is known, and what was asked of them. */
export function fakeExecutions(state: 'running' | 'gone', afterStop: 'running' | 'gone' = 'gone') {
  const calls: string[] = [];
  const ended: (EndedRun & Partial<RunFacts>)[] = [];
  let now = state;
  const executions: Executions = {
    async state(asked) {
      calls.push(`state ${asked}`);
      return now;
    },
    async stop(asked, cause) {
      calls.push(`stop ${asked}: ${cause}`);
      now = afterStop;
    },
    endedBadly: async () => ended.map(({ runId, status, endedAt }) => ({ runId, status, endedAt })),
    async factsOf(asked) {
      const found = ended.find(({ runId }) => runId === asked);
      assert(found);
      return { cluster: undefined, error: undefined, cause: undefined, ...found };
    },
  };
  return { executions, calls, ended };
}

export interface World {
  context: TestContext;
  executions: ReturnType<typeof fakeExecutions>;
}

/** A cluster whose run holds the lock and has exporting paused for two minutes. */
export async function setUp({
  state = 'gone',
  afterStop = 'gone',
  owner = execution,
  lock = paused,
  settings = '',
}: {
  state?: 'running' | 'gone';
  afterStop?: 'running' | 'gone';
  owner?: Owner;
  lock?: Partial<Lock>;
  settings?: string;
} = {}) {
  const broker = { phase: lock.pause ? 'SOFT_PAUSED' : 'EXPORTING' };
  const fake = fakeHttp(exportingOf(at.zeebe, broker));
  const yaml = `ledger: { folder: ./x }\nclusters:\n  production:\n    zeebe: { url: ${at.zeebe} }\n${settings}`;
  const context = testContext({ yaml, http: fake.http });
  await context.ledger.acquire({
    format: 2,
    cluster: run.cluster,
    runId: arn,
    purpose: 'backup',
    owner,
    reason: 'test',
    acquiredAt: '2026-11-21T09:00:00.000Z',
    backupId: run.backupId,
    ...lock,
  });
  await context.ledger.createManifest({ ...manifest, runId: arn });
  context.clock.advance(120);
  return { broker, fake, context, executions: fakeExecutions(state, afterStop) };
}

/** Makes one look at the cluster. */
export async function look({ context, executions }: World) {
  const { clusters } = await context.config();
  const config = clusters['production'];
  assert(config);
  return watchCluster('production', config, { ...context, executions: executions.executions });
}

export const toldOf = ({ told }: TestContext) => told.map(({ kind, severity }) => `${kind} ${severity}`);
export const figureOf = ({ measured }: TestContext, name: string) =>
  measured.findLast((one) => one.name === name);
export const posts = (calls: string[]) => calls.filter((call) => call.startsWith('POST'));

import assert from 'node:assert/strict';
import type { Plan } from '../../../core/backup/plan.ts';
import { prepareBackup } from '../../../core/backup/prepare.ts';
import type { Lock } from '../../../core/ledger/lock/lock.ts';
import type { Manifest } from '../../../core/ledger/manifest.ts';
import { lockIn } from '../../support/lock-in.ts';
import { cluster87, cluster88, yaml88 } from '../fake-cluster.ts';
import {
  type FakeHttp,
  type FakeSearch,
  fakeSearch,
  type Reply,
  type TestContext,
  testContext,
} from '../fakes.ts';

export const request = { cluster: 'production', reason: 'test', attempt: 1 };
/** 2026-11-21T09:00:00Z */
export const nowSeconds = 1_795_251_600;

/** A cluster of 8.8, or of 8.7 where the configuration names its applications, and a run that prepares a backup of it. */
export function setUp({
  yaml = yaml88,
  settings = '',
  fake = yaml.includes(' operate: ') ? cluster87() : cluster88(),
  replies = {},
  search = fakeSearch(),
}: {
  yaml?: string;
  /** Lines behind those of the cluster. */
  settings?: string;
  fake?: FakeHttp;
  /** What the cluster answers otherwise. */
  replies?: Record<string, Reply>;
  search?: FakeSearch;
} = {}) {
  Object.assign(fake.replies, replies);
  const context = testContext({ yaml: `${yaml}${settings}`, http: fake.http, search });
  const prepare = async (rest: { backupId?: number } = {}) => {
    const plan = await planned(context, rest);
    const { backupId } = plan.run;
    const manifest = await context.ledger.readManifest('production', backupId);
    return { plan, backupId, warnings: manifest?.warnings ?? [] };
  };
  return { fake, search, context, prepare };
}

export async function planned(
  context: TestContext,
  rest: { backupId?: number } = {},
  runId = 'run-1',
): Promise<Plan> {
  const plan = await prepareBackup({ ...request, ...rest }, runId, context);
  assert(plan.outcome === 'PLANNED');
  return plan;
}

/** As if somebody else had written it. */
export function changeLockBehind({ store }: TestContext, change: Partial<Lock>): void {
  const key = 'production/lock.json';
  const lock = lockIn(store.documents.get(key) ?? '');
  store.documents.set(key, JSON.stringify({ ...lock, ...change }));
  store.touch(key);
}

export function oldManifest(backupId: number, rest: Partial<Manifest> = {}): Manifest {
  return {
    format: 1,
    backupId,
    cluster: 'production',
    runId: 'run-0',
    reason: 'test',
    state: 'COMPLETED',
    startedAt: '2026-11-20T09:00:00.000Z',
    order: 'PAUSE_FIRST',
    expectedComponents: [],
    components: [],
    exporting: { leftPaused: false },
    warnings: [],
    ...rest,
  };
}

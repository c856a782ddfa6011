import type { Executions } from '../core/watch/lock.ts';
import { work as watchOverExporting } from '../lambdas/watch/watch-over-exporting.ts';
import { manifest } from '../test/core/backup/world.ts';
import { exportingOf } from '../test/core/fake-cluster.ts';
import { fakeHttp, testContext } from '../test/core/fakes.ts';

/** What one look of the watchdog at one cluster uses when nothing is wrong. */
export interface OneLook {
  reads: number;
  lists: number;
  writes: number;
  /** The calls of Secrets Manager, as if nothing were kept in between. */
  secretCalls: number;
  /** The metrics that get a value. */
  metrics: number;
}

/** The backups in the ledger: more than a look reads. */
const backups = 30;
const day = 86_400;

const noExecutions: Executions = {
  state: async () => 'gone',
  stop: async () => undefined,
  endedBadly: async () => [],
  factsOf: async () => ({ cluster: undefined, error: undefined, cause: undefined }),
};

/** Makes two looks at a cluster that is backed up every night, and counts what the second one uses. */
export async function countOneLook(yaml: string, zeebe: string): Promise<OneLook> {
  const { http } = fakeHttp(exportingOf(zeebe));
  const context = testContext({ yaml, http });
  const [cluster = ''] = Object.keys((await context.config()).clusters);
  const now = Math.floor(context.clock.now() / 1000);
  for (let back = backups; back >= 1; back -= 1) {
    const backupId = now - back * day + day / 2;
    const startedAt = new Date(backupId * 1000).toISOString();
    await context.ledger.createManifest({
      ...manifest,
      cluster,
      backupId,
      state: 'COMPLETED',
      startedAt,
      endedAt: startedAt,
    });
  }
  const used = { reads: 0, lists: 0, writes: 0, secretCalls: 0 };
  const secrets: typeof context.secrets = async (ref) => {
    used.secretCalls += 1;
    return context.secrets(ref);
  };
  const look = () => watchOverExporting(noExecutions)({}, { ...context, secrets });
  await look();
  Object.assign(used, { secretCalls: 0 });
  context.measured.length = 0;
  context.store.before = (call) => {
    const [verb] = call.split(' ');
    if (verb === 'read') used.reads += 1;
    else if (verb === 'list') used.lists += 1;
    else used.writes += 1;
  };
  await look();
  if (context.told.length > 0) throw new Error(`The watchdog has told of ${context.told[0]?.reason}`);
  return { ...used, metrics: context.measured.length };
}

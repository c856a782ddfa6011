import type { Limits } from '../../../core/backup/progress.ts';
import type {
  Component,
  ComponentStatus,
  Description,
  KnownBackup,
  Started,
} from '../../../core/components/component.ts';
import type { Target } from '../../../core/components/target.ts';
import type { ExportingTarget } from '../../../core/components/zeebe/exporting-target.ts';
import type { Pause } from '../../../core/ledger/lock/lock.ts';
import type { ComponentEntry, Manifest } from '../../../core/ledger/manifest.ts';
import type { Run } from '../../../core/ledger/run.ts';
import { at } from '../fake-cluster.ts';
import { someOwner, type TestContext } from '../fakes.ts';

/** A run in the middle of its work, and what belongs to it. */
export const run: Run = { cluster: 'production', backupId: 7, runId: 'run-1' };

export const limits: Limits = { patienceSeconds: 300, timeoutSeconds: 3600, maxPauseSeconds: 3600 };

export const target: ExportingTarget = { url: at.zeebe, brokers: [at.zeebe], partitions: 3, provable: true };

export async function holdLock(context: TestContext, runId = run.runId): Promise<void> {
  await context.ledger.acquire({
    format: 2,
    cluster: run.cluster,
    runId,
    purpose: 'backup',
    owner: someOwner,
    reason: 'test',
    acquiredAt: '2026-11-21T09:00:00.000Z',
    backupId: run.backupId,
  });
}

/** A pause that a run has asked for; `learned` is what came of it. */
export const pauseOf = (learned: Partial<Pause> = {}): { pause: Pause } => ({
  pause: { target, requestedAt: '2026-11-21T09:00:01.000Z', ...learned },
});

export const manifest: Manifest = {
  format: 1,
  ...run,
  reason: 'test',
  state: 'RUNNING',
  startedAt: '2026-11-21T09:00:00.000Z',
  order: 'PAUSE_FIRST',
  expectedComponents: ['operate', 'zeebe'],
  components: [],
  exporting: { leftPaused: false },
  warnings: [],
};

/** What PrepareBackup answered: Zeebe alone is backed up, and there is one try. */
export const plan = {
  outcome: 'PLANNED',
  run,
  reason: 'test',
  attempt: 1,
  attempts: 1,
  order: 'PAUSE_FIRST',
  exporting: target,
  applications: [],
  records: [],
  zeebe: [{ kind: 'zeebe', component: 'zeebe', url: at.zeebe, path: 'backups', partitions: 3 }],
  limits: { patienceSeconds: 300, timeoutSeconds: 3600, maxPauseSeconds: 3600 },
};

export function entryOf(
  component: ComponentEntry['component'],
  rest: Partial<ComponentEntry> = {},
): ComponentEntry {
  return {
    component,
    runId: run.runId,
    state: 'COMPLETED',
    url: `http://${component}:9600`,
    requestedAt: '2026-11-21T09:00:00.000Z',
    ...rest,
  };
}

export const operate: Pick<Target, 'kind' | 'component'> = { kind: 'application', component: 'operate' };

export const ofOperate: Description = { url: 'http://operate:9600', version: '8.7.2' };

/** A component that says what it is told, and remembers what it was asked. */
export function fakeComponent({
  started = { answer: 'accepted' },
  seen = { state: 'ABSENT', parts: [] },
}: {
  started?: Started | Error;
  seen?: ComponentStatus | Error;
} = {}) {
  const calls: string[] = [];
  const component: Component = {
    describe: () => ofOperate,
    async start(backupId) {
      calls.push(`start ${backupId}`);
      if (started instanceof Error) throw started;
      return started;
    },
    async check(backupId) {
      calls.push(`check ${backupId}`);
      if (seen instanceof Error) throw seen;
      return seen;
    },
    list: async (): Promise<KnownBackup[]> => [],
    delete: async () => undefined,
    deleteCall: (backupId) => `delete ${backupId}`,
  };
  return { component, calls };
}

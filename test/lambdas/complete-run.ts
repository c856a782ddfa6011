import type { Context } from '../../core/context.ts';
import { entryOf, holdLock, manifest, pauseOf, plan, run } from '../core/backup/world.ts';
import { type TestContext, testContext } from '../core/fakes.ts';
import { call } from './call.ts';

const yaml = `
ledger: { folder: ./ledger }
deployment: { alerts: { onSuccess: true } }
clusters:
  production:
    zeebe: { url: http://zeebe:9600 }
    ping: http://monitor/camunda
`;
const resumed = pauseOf({
  pausedAt: '2026-11-21T09:00:02.000Z',
  heldAt: '2026-11-21T09:01:00.000Z',
  resumedAt: '2026-11-21T09:01:01.000Z',
  resumeProof: 'proven',
});
export const throttled = () => Object.assign(new Error('Rate exceeded'), { name: 'ThrottledException' });
export const tellsNobody = async () => {
  throw throttled();
};

/** Where something never answers, a fault is a test that does not end. */
export const patience = 60_000;

/** A run whose components are complete, just before its last state. */
export async function complete() {
  const pings: string[] = [];
  const context = testContext({
    yaml,
    http: async ({ url }) => {
      pings.push(url);
      return { status: 200, contentType: 'text/plain', text: 'OK' };
    },
  });
  await holdLock(context);
  await context.ledger.changeLock('production', run.runId, resumed);
  await context.ledger.createManifest(manifest);
  for (const name of ['operate', 'zeebe'] as const) {
    await context.ledger.createEntry('production', 7, entryOf(name));
  }
  return { context, pings };
}

export const completeBackup = (context: Context) => call('CompleteBackup', { run }, context);
export const answer = {
  backupId: 7,
  cluster: 'production',
  state: 'COMPLETED',
  manifest: 'memory:production/backups/7/manifest.json',
};
export const failed = { Error: 'ComponentTimedOut', Cause: 'Zeebe was slow' };
export const recordFailure = (context: Context, state: object = plan, failure: object = failed) =>
  call('RecordFailure', { state: { ...state, failure }, runId: run.runId }, context);
export const counted = ({ measured }: TestContext, name: string) =>
  measured.filter((one) => one.name === name && one.value === 1).length;

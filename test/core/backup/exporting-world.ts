import assert from 'node:assert/strict';
import { pauseForBackup } from '../../../core/backup/exporting.ts';
import type { Lock } from '../../../core/ledger/lock/lock.ts';
import { lockIn as lockInText } from '../../support/lock-in.ts';
import { at, exportingOf } from '../fake-cluster.ts';
import { fakeHttp, testContext } from '../fakes.ts';
import { holdLock, run, target } from './world.ts';

export const pause = `POST ${at.zeebe}/actuator/exporting/pause?soft=true`;
export const resume = `POST ${at.zeebe}/actuator/exporting/resume`;
export const partitions = `GET ${at.zeebe}/actuator/partitions`;

export async function setUp(holder: string | undefined = run.runId) {
  const broker = { phase: 'EXPORTING' };
  const fake = fakeHttp(exportingOf(at.zeebe, broker));
  const context = testContext({ http: fake.http });
  if (holder) await holdLock(context, holder);
  return { broker, fake, context, posts: () => fake.calls().filter((call) => call.startsWith('POST')) };
}

/** Exporting is paused for a minute. */
export async function paused() {
  const world = await setUp();
  await pauseForBackup(run, target, world.context);
  world.context.clock.advance(60);
  return world;
}

export const without = async () => {
  const world = await setUp();
  await world.context.ledger.release('production', run.runId);
  return world;
};

/** The same run holds the lock, for another backup. */
export const nextTry = async () => {
  const world = await setUp();
  await world.context.ledger.changeLock('production', run.runId, { backupId: 8, attempt: 2 });
  return world;
};

export function lockIn({ store }: Awaited<ReturnType<typeof setUp>>['context']): Lock {
  const lock = lockInText(store.documents.get('production/lock.json') ?? '');
  assert(lock);
  return lock;
}

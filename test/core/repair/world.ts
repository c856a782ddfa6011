import { spawnSync } from 'node:child_process';
import type { Lock, Owner } from '../../../core/ledger/lock/lock.ts';
import { thisProcess } from '../../../core/ledger/lock/owner.ts';
import { repair } from '../../../core/repair/lock.ts';
import { entryOf, manifest, pauseOf, run } from '../backup/world.ts';
import { at, exportingOf } from '../fake-cluster.ts';
import { fakeHttp, testContext } from '../fakes.ts';

export const gone: Owner = { ...thisProcess(), ...{ pid: spawnSync(process.execPath, ['-e', '']).pid } };
export const elsewhere: Owner = { kind: 'process', host: 'another-host', pid: 1 };
export const pausedLock = pauseOf({ pausedAt: '2026-11-21T09:00:02.000Z' });

export async function setUp(owner: Owner, rest: Partial<Lock> = pausedLock) {
  const broker = { phase: rest.pause ? 'SOFT_PAUSED' : 'EXPORTING' };
  const fake = fakeHttp(exportingOf(at.zeebe, broker));
  const context = testContext({ http: fake.http });
  await context.ledger.acquire({
    format: 2,
    cluster: 'production',
    runId: run.runId,
    purpose: 'backup',
    owner,
    reason: 'test',
    acquiredAt: '2026-11-21T09:00:00.000Z',
    backupId: run.backupId,
    ...rest,
  });
  await context.ledger.createManifest(manifest);
  await context.ledger.createEntry('production', 7, entryOf('operate'));
  return { broker, fake, context };
}

export const fix = ({ context }: Awaited<ReturnType<typeof setUp>>, force = false) =>
  repair('production', { force }, context);

import type { Lock } from '../../../core/ledger/lock/lock.ts';
import type { ComponentEntry } from '../../../core/ledger/manifest.ts';
import { type TestContext, testContext } from '../fakes.ts';
import { entryOf, holdLock, manifest, pauseOf, run } from './world.ts';

export const paused = { pausedAt: '2026-11-21T09:00:02.000Z' };
export const heldAt = { heldAt: '2026-11-21T09:04:00.000Z' };
export const held = { ...heldAt, heldProof: 'proven' as const };
export const resumed = { resumedAt: '2026-11-21T09:05:00.000Z', resumeProof: 'proven' as const };
export const failure = { error: 'ComponentTimedOut', message: 'It took too long', remedy: 'Wait longer' };

export async function setUp({
  lock = pauseOf({ ...paused, ...held, ...resumed }),
  entries = [entryOf('operate'), entryOf('zeebe')],
}: {
  lock?: Partial<Lock>;
  entries?: ComponentEntry[];
} = {}) {
  const context = testContext();
  await holdLock(context);
  await context.ledger.changeLock('production', run.runId, lock);
  await context.ledger.createManifest(manifest);
  await context.ledger.createRestoreFacts({ format: 2, ...run, findings: [], applications: [], unknown: [] });
  for (const entry of entries) await context.ledger.createEntry('production', run.backupId, entry);
  context.clock.advance(600);
  return context;
}

export const stateIn = async ({ ledger }: TestContext) => (await ledger.readManifest('production', 7))?.state;

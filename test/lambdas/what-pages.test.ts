import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { work as watchOverExporting } from '../../lambdas/watch/watch-over-exporting.ts';
import { manifest, pauseOf } from '../core/backup/world.ts';
import { noAnswer } from '../core/fakes.ts';
import { arn, setUp } from '../core/watch/world.ts';
import { writeManifest } from '../support/write-manifest.ts';

type World = Awaited<ReturnType<typeof setUp>>;

const settings = '    maxAge: 26h\n    maxPause: 1h\n';
const hour = 3600;
const since = '2026-11-21T09:00:00.000Z';

/** A cluster without a lock, whose last backup is complete. */
async function healthy(): Promise<World> {
  const world = await setUp({ settings });
  world.broker.phase = 'EXPORTING';
  world.context.store.documents.delete('production/lock.json');
  await writeManifest(world.context.ledger, {
    ...manifest,
    runId: 'local-1',
    state: 'COMPLETED',
    startedAt: since,
  });
  await sweep(world);
  return world;
}

async function sweep(world: World): Promise<void> {
  world.context.clock.advance(300);
  await watchOverExporting(world.executions.executions)({}, world.context).catch(() => undefined);
}

/** Another run ends, without a lock. */
function end(
  world: World,
  status: 'FAILED' | 'TIMED_OUT' | 'ABORTED',
  runId = arn.replace('run-1', 'run-2'),
) {
  const endedAt = new Date(world.context.clock.now()).toISOString();
  world.executions.ended.push({ runId, status, endedAt, cluster: 'production' });
}

/** The conditions that have had alarms of their own, and what pages now. infra/parts/alarms.ts has the other ones. */
const conditions: {
  alarm: string;
  what: string;
  happens: (world: World) => unknown;
  pages: string;
  sweeps?: number;
}[] = [
  {
    alarm: 'backup-failed',
    what: 'a run failed, and RecordFailure did not tell',
    happens: (world) => end(world, 'FAILED'),
    pages: 'backupFailed WARNING',
  },
  {
    alarm: 'backup-timed-out',
    what: 'a run reached the time limit without a lock',
    happens: (world) => end(world, 'TIMED_OUT'),
    pages: 'runAbandoned WARNING',
  },
  {
    alarm: 'backup-aborted',
    what: 'a run was stopped without a lock',
    happens: (world) => end(world, 'ABORTED'),
    pages: 'runAbandoned WARNING',
  },
  {
    alarm: 'backup-aborted',
    what: 'a run was stopped that held the lock and had paused exporting',
    async happens(world) {
      const held = await setUp({ settings });
      const lock = held.context.store.documents.get('production/lock.json');
      world.context.store.documents.set('production/lock.json', lock ?? '');
      world.broker.phase = 'SOFT_PAUSED';
      end(world, 'ABORTED', arn);
    },
    pages: 'runAbandoned WARNING',
  },
  {
    alarm: 'exporting-left-paused',
    what: 'exporting is paused, and no run explains it',
    happens: (world) => Object.assign(world.broker, { phase: 'SOFT_PAUSED' }),
    pages: 'exportingLeftPaused CRITICAL',
    sweeps: 14,
  },
  {
    alarm: 'exporting-left-paused',
    what: 'a restore keeps exporting paused, and no broker answers',
    async happens(world) {
      const held = await setUp({
        state: 'running',
        lock: { purpose: 'restore', ...pauseOf({ requestedAt: since, pausedAt: since }) },
      });
      const lock = held.context.store.documents.get('production/lock.json');
      world.context.store.documents.set('production/lock.json', lock ?? '');
      world.executions = { ...held.executions, ended: world.executions.ended };
      world.context.http = async ({ url }) => {
        throw noAnswer(url);
      };
    },
    pages: 'exportingLeftPaused CRITICAL',
    sweeps: 13,
  },
  {
    alarm: 'no-recent-backup',
    what: 'the last completed backup is too old',
    happens: (world) => world.context.clock.advance(26 * hour),
    pages: 'noRecentBackup CRITICAL',
  },
  {
    alarm: 'no-recent-backup',
    what: 'nobody knows how old the last completed backup is',
    happens({ context: { store } }) {
      store.before = (call) => {
        if (call.startsWith('list ')) throw new Error('AccessDenied');
      };
    },
    pages: 'watchdogFailing CRITICAL',
    sweeps: 3,
  },
  {
    alarm: 'watchdog-errors',
    what: 'every look of the watchdog fails',
    happens: (world) => world.context.store.documents.set('production/lock.json', '{'),
    pages: 'watchdogFailing CRITICAL',
    sweeps: 3,
  },
];

describe('Each condition that has had an alarm pages, once', () => {
  for (const { alarm, what, happens, pages, sweeps = 1 } of conditions) {
    test(`${alarm}: ${what}`, async () => {
      const world = await healthy();
      assert.equal(world.context.told.length, 0);
      await happens(world);
      for (let count = 0; count < sweeps; count += 1) await sweep(world);
      const told = () => world.context.told.map(({ kind, severity }) => `${kind} ${severity}`);
      assert.deepEqual(told(), [pages]);
      await sweep(world);
      assert.deepEqual(told(), [pages]);
    });
  }

  test('Nothing is told of a cluster that is well', async () => {
    const world = await healthy();
    for (let count = 0; count < 12; count += 1) await sweep(world);
    assert.deepEqual(world.context.told, []);
  });
});

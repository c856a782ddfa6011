import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import type { Manifest } from '../../../core/ledger/manifest.ts';
import { writeManifest } from '../../support/write-manifest.ts';
import { entryOf, manifest } from '../backup/world.ts';
import { someOwner } from '../fakes.ts';
import { arn, execution, look, posts, setUp, toldOf, type World } from './world.ts';

describe('A manifest that is RUNNING and that no lock belongs to', () => {
  const orphan: Manifest = { ...manifest, backupId: 9, runId: `${arn}-lost` };
  const completed: Manifest = { ...orphan, state: 'COMPLETED' };

  /** A cluster whose lock is free. */
  async function free() {
    const world = await setUp({ lock: {}, state: 'running' });
    await writeManifest(world.context.ledger, { ...manifest, state: 'COMPLETED' });
    await world.context.ledger.release('production', arn);
    return world;
  }

  const stateOf = async ({ context }: World, id = 9) =>
    (await context.ledger.readManifest('production', id))?.state;

  for (const { what, prepare } of [
    { what: 'there is no lock', prepare: free },
    { what: 'another run holds the lock', prepare: () => setUp({ state: 'running' }) },
    { what: 'a run of the command line holds the lock', prepare: () => setUp({ owner: someOwner }) },
  ] as const) {
    test(`A RUNNING manifest without its lock is marked FAILED and told once where ${what}`, async () => {
      const world = await prepare();
      const { ledger } = world.context;
      await ledger.createManifest(orphan);
      await ledger.createEntry('production', 9, entryOf('zeebe', { runId: orphan.runId, state: 'STARTED' }));
      const lock = await ledger.readLock('production');
      assert.deepEqual((await look(world)).orphans, [9]);
      assert.deepEqual((await look(world)).orphans, []);
      const left = await ledger.readManifest('production', 9);
      assert.equal(left?.state, 'FAILED');
      assert.equal(left.failure?.error, 'Abandoned');
      assert.equal(left.endedAt, '2026-11-21T09:02:00.000Z');
      assert.deepEqual(
        left.components.map(({ component, state }) => `${component} ${state}`),
        ['zeebe STARTED'],
      );
      assert.deepEqual(await ledger.readLock('production'), lock);
      assert.deepEqual(posts(world.fake.calls()), []);

      assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
      const [alert] = world.context.told;
      assert.equal(alert?.backupId, 9);
      assert.match(
        alert.reason,
        /^The backup 9 was RUNNING, .*-lost: that run is gone\. It is marked FAILED\.$/,
      );
      assert.match(alert.remedy ?? '', /Start a new backup\..* camunda-backup repair --cluster production$/);
      assert.equal(alert.manifest, 'memory:production/backups/9/manifest.json');
      assert.match(alert.execution ?? '', /executions\/details\/.*-lost$/);
    });
  }

  test('A run that holds the lock for its backup is not touched while a manifest of a lost run is marked FAILED', async () => {
    const world = await setUp({ state: 'running' });
    await world.context.ledger.createManifest(orphan);
    await look(world);
    assert.equal(await stateOf(world, 7), 'RUNNING');
    assert.equal(await stateOf(world, 9), 'FAILED');
  });

  test('A backup that completes while it is being marked FAILED stays complete, and nobody is told otherwise', async () => {
    const world = await free();
    const { store, ledger } = world.context;
    await ledger.createManifest(orphan);
    const { replace } = store;
    store.replace = async (key, text, version) => {
      store.replace = replace;
      await writeManifest(ledger, completed);
      return replace(key, text, version);
    };
    assert.deepEqual((await look(world)).orphans, []);
    assert.deepEqual(await ledger.readManifest('production', 9), completed);
    assert.deepEqual(world.context.told, []);
  });

  test('A RUNNING manifest is not without its lock when its run began after the look did', async () => {
    const world = await free();
    const { store, ledger } = world.context;
    store.before = (call) => {
      if (call !== 'list production/backups/') return;
      store.before = () => undefined;
      store.documents.set(
        'production/lock.json',
        JSON.stringify({
          format: 1,
          cluster: 'production',
          runId: orphan.runId,
          owner: execution,
          reason: 'test',
          acquiredAt: '2026-11-21T09:02:00.000Z',
          backupId: 9,
        }),
      );
      store.documents.set('production/backups/9/manifest.json', JSON.stringify(orphan));
    };
    assert.deepEqual((await look(world)).orphans, []);
    assert.equal((await ledger.readManifest('production', 9))?.state, 'RUNNING');
    assert.deepEqual(world.context.told, []);
  });

  test('A RUNNING manifest without its lock is marked by one of two watchdogs, and told by one of them at least', async () => {
    const world = await free();
    await world.context.ledger.createManifest(orphan);
    const seen = await Promise.all([look(world), look(world)]);
    assert.deepEqual(
      seen.flatMap(({ orphans }) => orphans),
      [9],
    );
    assert.deepEqual([...new Set(toldOf(world.context))], ['runAbandoned WARNING']);
  });

  test('A manifest of a lost run is marked FAILED where nobody can be told, and told by the first look that can', async () => {
    const world = await free();
    await world.context.ledger.createManifest(orphan);
    await world.context.ledger.createManifest({ ...orphan, backupId: 8 });
    const { tell } = world.context;
    world.context.tell = async () => {
      throw new Error('no topic');
    };
    for (let times = 0; times < 2; times += 1) {
      await assert.rejects(look(world), /People could not be told: no topic; no topic/);
      assert.deepEqual([await stateOf(world, 8), await stateOf(world, 9)], ['FAILED', 'FAILED']);
    }
    world.context.tell = tell;
    await look(world);
    assert.deepEqual(world.context.told.map(({ backupId }) => backupId).sort(), [8, 9]);
    await look(world);
    assert.equal(world.context.told.length, 2);
  });

  test('A look reads the newest ten manifests only, so that it stays quick', async () => {
    const world = await free();
    for (let backupId = 11; backupId <= 20; backupId += 1) {
      await world.context.ledger.createManifest({ ...completed, backupId });
    }
    await world.context.ledger.createManifest(orphan);
    const reads: string[] = [];
    world.context.store.before = (call) => {
      if (call.startsWith('read') && call.endsWith('/manifest.json')) reads.push(call);
    };
    assert.deepEqual((await look(world)).orphans, []);
    assert.equal(reads.length, 10);
    assert(!reads.includes('read production/backups/9/manifest.json'));
  });

  test('A RUNNING manifest without its lock is found beside a manifest that cannot be read', async () => {
    const world = await free();
    await world.context.ledger.createManifest(orphan);
    world.context.store.documents.set('production/backups/10/manifest.json', '{');
    assert.deepEqual((await look(world)).orphans, [9]);
    assert.match(world.context.warnings.join(), /backups\/10\/manifest\.json/);
  });
});

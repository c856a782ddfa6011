import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { writeManifest } from '../../support/write-manifest.ts';
import { manifest } from '../backup/world.ts';
import { at, exportingOf } from '../fake-cluster.ts';
import { fakeHttp, someOwner, testContext } from '../fakes.ts';
import { fakeExecutions, figureOf, look, toldOf, type World } from './world.ts';

describe('Completed backups that stay away', () => {
  const day = 24 * 3600;

  async function watched(settings = '    maxAge: 26h\n') {
    const yaml = `ledger: { folder: ./x }\nclusters:\n  production:\n    zeebe: { url: ${at.zeebe} }\n${settings}`;
    const { http } = fakeHttp(exportingOf(at.zeebe));
    const world = { context: testContext({ yaml, http }), executions: fakeExecutions('gone') };
    const complete = (backupId: number) =>
      writeManifest(world.context.ledger, {
        ...manifest,
        backupId,
        state: 'COMPLETED',
        startedAt: new Date(world.context.clock.now()).toISOString(),
      });
    return { ...world, complete };
  }

  /** How often the ids of its backups have been asked for. */
  function listsOf({ context: { store } }: Awaited<ReturnType<typeof watched>>) {
    let count = 0;
    store.before = (call) => {
      if (call === 'list production/backups/') count += 1;
    };
    return () => count;
  }

  /** Looks every five minutes, as the schedule does. */
  async function lookFor(world: World, seconds: number) {
    for (let passed = 0; passed < seconds; passed += 300) {
      world.context.clock.advance(300);
      await look(world);
    }
  }

  test('A ledger is listed once a look, and a backup whose high id is no moment counts before people are told', async () => {
    const world = await watched();
    const hour = Math.floor(world.context.clock.now() / 1000);
    for (let ago = 1; ago <= 20; ago++) await world.complete(hour - ago * 3600);
    const listed = listsOf(world);
    await lookFor(world, 300);
    assert.equal(listed(), 1);
    world.context.clock.advance(25 * 3600);
    await world.complete(100_000_000_000);
    world.context.clock.advance(2 * 3600);
    await look(world);
    assert.deepEqual(world.context.told, []);
  });

  test('A missing backup is told once a day, however often the watchdog looks', async () => {
    const world = await watched();
    await world.complete(8);
    await lookFor(world, 26 * 3600);
    assert.equal(world.context.told.length, 0);
    await lookFor(world, day);
    assert.deepEqual(toldOf(world.context), ['noRecentBackup CRITICAL']);
    const [alert] = world.context.told;
    assert.equal(alert?.backupId, 8);
    assert.match(
      alert?.reason ?? '',
      /^The last completed backup, 8, ended 26 h 05 min ago; 26 h 00 min are allowed$/,
    );
    await lookFor(world, 600);
    assert.equal(world.context.told.length, 2);
  });

  test('A missing backup is forgotten with the next completed one, and told anew when backups stay away again', async () => {
    const world = await watched();
    await world.complete(8);
    await lookFor(world, 27 * 3600);
    assert.equal(world.context.told.length, 1);
    await world.complete(9);
    await lookFor(world, 300);
    assert.equal(world.context.told.length, 1);
    await lookFor(world, 26 * 3600);
    assert.equal(world.context.told.length, 2);
    assert.equal(world.context.told[1]?.backupId, 9);
  });

  test('The time without a backup counts from the first look where there never was a backup', async () => {
    const world = await watched();
    await look(world);
    await lookFor(world, 26 * 3600);
    assert.equal(world.context.told.length, 0);
    await lookFor(world, 300);
    assert.deepEqual(toldOf(world.context), ['noRecentBackup CRITICAL']);
    assert.equal(world.context.told[0]?.backupId, undefined);
    assert.match(
      world.context.told[0]?.reason ?? '',
      /^There is no completed backup, and the cluster has been watched for/,
    );
  });

  test('A last backup that is dated in the future is told as missing, and its age is not measured', async () => {
    const world = await watched();
    await world.context.ledger.createManifest({
      ...manifest,
      backupId: 8,
      state: 'COMPLETED',
      startedAt: '2027-11-21T09:00:00.000Z',
    });
    world.context.measured.length = 0;
    assert.equal((await look(world)).backupAgeSeconds, null);
    assert.deepEqual(toldOf(world.context), ['noRecentBackup CRITICAL']);
    assert.match(
      world.context.told[0]?.reason ?? '',
      /^The last completed backup, 8, is dated 87\d\d h .* in the future: a clock is or was wrong/,
    );
    assert.equal(figureOf(world.context, 'BackupAgeSeconds'), undefined, 'the alarm is for what is missing');
    await look(world);
    assert.equal(world.context.told.length, 1, 'told once a day');
  });

  test('A long backup is not late while the next one takes as long: its age counts from its end', async () => {
    const world = await watched();
    const began = world.context.clock.now();
    world.context.clock.advance(10 * 3600);
    await writeManifest(world.context.ledger, {
      ...manifest,
      backupId: 8,
      state: 'COMPLETED',
      startedAt: new Date(began).toISOString(),
      endedAt: new Date(world.context.clock.now()).toISOString(),
    });
    // The next one began a day after the first one, and takes two hours longer.
    await lookFor(world, 26 * 3600);
    assert.deepEqual(toldOf(world.context), []);
    assert.equal((await look(world)).backupAgeSeconds, 26 * 3600);
    assert.equal(figureOf(world.context, 'BackupAgeSeconds')?.value, 26 * 3600);
    await lookFor(world, 300);
    assert.deepEqual(toldOf(world.context), ['noRecentBackup CRITICAL']);
    assert.match(
      world.context.told[0]?.reason ?? '',
      /^The last completed backup, 8, ended 26 h 05 min ago;/,
    );
  });

  test('A backup that failed or still runs does not end the time without a backup', async () => {
    const world = await watched();
    await world.complete(8);
    world.context.clock.advance(27 * 3600);
    await world.context.ledger.createManifest({ ...manifest, backupId: 9, state: 'FAILED' });
    await world.context.ledger.createManifest({ ...manifest, backupId: 10, state: 'RUNNING' });
    await world.context.ledger.acquire({
      format: 2,
      cluster: 'production',
      purpose: 'backup',
      runId: manifest.runId,
      owner: someOwner,
      reason: 'test',
      acquiredAt: new Date(world.context.clock.now()).toISOString(),
      backupId: 10,
    });
    await look(world);
    assert.deepEqual(toldOf(world.context), ['noRecentBackup CRITICAL']);
  });

  test('A missing backup is told again at the next look when nobody could be told', async () => {
    const world = await watched();
    await world.complete(8);
    world.context.clock.advance(27 * 3600);
    const { tell } = world.context;
    world.context.tell = async () => {
      throw new Error('no topic');
    };
    await assert.rejects(look(world), /no topic/);
    world.context.tell = tell;
    await look(world);
    assert.equal(world.context.told.length, 1);
  });

  test('A missing backup is nobody’s business without maxAge; the age of the last one is measured all the same', async () => {
    const world = await watched('');
    await world.complete(8);
    world.context.clock.advance(30 * day);
    assert.equal((await look(world)).backupAgeSeconds, 30 * day);
    assert.equal(world.context.told.length, 0);
    assert.equal(figureOf(world.context, 'BackupAgeSeconds')?.value, 30 * day);
  });

  test('A look that changes nothing writes nothing into the ledger', async () => {
    const world = await watched();
    await look(world);
    const writes = world.context.store.changes.length;
    await lookFor(world, 3600);
    assert.equal(world.context.store.changes.length, writes);
  });
});

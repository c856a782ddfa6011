import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { BackupError } from '../../../core/errors.ts';
import { messageOf } from '../../../core/tell/alert-message.ts';
import { at, exportingOf } from '../fake-cluster.ts';
import { failureOf, fakeHttp, noAnswer, someOwner, testContext } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { fakeExecutions, figureOf, look, posts, resume, setUp, toldOf } from './world.ts';

describe('A lock that is free', () => {
  test('A look at a free lock only looks at exporting, and tells nobody', async () => {
    const fake = fakeHttp(exportingOf(at.zeebe));
    const world = { context: testContext({ http: fake.http }), executions: fakeExecutions('gone') };
    assert.deepEqual(await look(world), {
      cluster: 'production',
      lock: 'free',
      orphans: [],
      backupAgeSeconds: 0,
      pausedSeconds: 0,
      unknown: [],
    });
    assert.deepEqual(fake.calls(), [`GET ${at.zeebe}/actuator/partitions`]);
    assert.deepEqual(world.executions.calls, []);
    assert.deepEqual(world.context.told, []);
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 0);
  });
});

describe('A lock that cannot be read', () => {
  async function unreadable(phase: string) {
    const world = await setUp({ settings: '    maxAge: 26h\n' });
    world.broker.phase = phase;
    world.context.store.documents.set('production/lock.json', '{ not a lock');
    await world.context.ledger.changeMemory('production', () => ({
      watchedSince: '2026-11-19T09:00:00.000Z',
    }));
    return world;
  }

  test('A lock that cannot be read is an error of the look, which still measures and tells the rest of the cluster', async () => {
    const world = await unreadable('EXPORTING');
    const error = await failureOf(look(world));
    assert.equal(error.name, 'LedgerCorrupt');
    assert.deepEqual(toldOf(world.context), ['noRecentBackup CRITICAL']);
    assert(Number(figureOf(world.context, 'BackupAgeSeconds')?.value) > 48 * 3600);
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 0);
    assert.equal(world.context.store.documents.get('production/lock.json'), '{ not a lock');
  });

  test('A lock that cannot be read hides no pause: it is measured, told after maxPause with the command that ends it, and not ended', async () => {
    const world = await unreadable('SOFT_PAUSED');
    await failureOf(look(world));
    world.context.clock.advance(3601);
    await failureOf(look(world));
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 3601);
    const told = world.context.told.find(({ kind }) => kind === 'exportingLeftPaused');
    assert.match(told?.reason ?? '', /the lock that could say who has paused it cannot be read/);
    assert.match(
      told?.remedy ?? '',
      /camunda-backup repair --cluster production --force By hand: curl -X POST \S+ \(the "status" in the answer must be 204\)\.$/,
    );
    assert.deepEqual(posts(world.fake.calls()), []);
  });
});

test('A ledger that cannot be read is an error of the look, not a free lock', async () => {
  const world = await setUp();
  world.context.store.before = ledgerTrouble;
  assert.equal((await failureOf(look(world))).name, 'LedgerError');
  assert.deepEqual(world.fake.calls(), []);
});

test('A run of which Step Functions cannot say anything is not touched, and the look fails', async () => {
  const world = await setUp();
  world.executions.executions.state = async () => {
    throw new BackupError('Unreachable', 'no answer from Step Functions');
  };
  assert.equal((await failureOf(look(world))).name, 'Unreachable');
  assert.equal(world.broker.phase, 'SOFT_PAUSED');
  assert(await world.context.ledger.readLock('production'));
});

test('A pause of a run of which Step Functions cannot say anything is told with the call that ends it', async () => {
  const world = await setUp({ settings: '    maxPause: 1h\n' });
  world.executions.executions.state = async () => {
    throw new BackupError('RequestRefused', 'The execution cannot be described: AccessDenied');
  };
  const { message } = await failureOf(look(world));
  assert.match(message, /lives is not known: The execution cannot be described: AccessDenied/);
  assert.match(message, /Exporting may be paused on its behalf since/);
  assert.match(message, /camunda-backup repair --cluster production --force\nBy hand: curl -X POST/);
  world.context.clock.advance(3600);
  assert.equal((await look(world)).lock, 'still-paused');
  assert.deepEqual(toldOf(world.context), ['exportingLeftPaused CRITICAL']);
  assert.deepEqual(posts(world.fake.calls()), []);
});

test('No look ever starts a backup, takes a lock or pauses exporting', async () => {
  const worlds = await Promise.all([
    setUp(),
    setUp({ state: 'running' }),
    setUp({ owner: someOwner }),
    setUp({ lock: {} }),
    setUp({ state: 'running', settings: '    maxPause: 1m\n    maxAge: 1m\n' }),
  ]);
  for (const world of worlds) {
    const before = world.context.store.changes.length;
    await look(world);
    await look(world);
    assert.deepEqual(
      posts(world.fake.calls()).filter((call) => call !== resume),
      [],
    );
    const changed = world.context.store.changes.slice(before);
    assert(
      !changed.some((change) => /^create (?!\S+\/alerts\.json)|\/backups\/(?!7\/)/.test(change)),
      changed.join(', '),
    );
  }
});

test('Every alert of the watchdog becomes a message that can be sent', async () => {
  const world = await setUp({ settings: '    maxAge: 1m\n' });
  world.fake.replies[resume] = noAnswer();
  await look(world);
  world.context.clock.advance(61);
  await look(world);
  for (const alert of world.context.told)
    assert(messageOf(alert).subject.startsWith('CRITICAL: Camunda production: '));
  assert.deepEqual(toldOf(world.context), [
    'exportingLeftPaused CRITICAL',
    'exportingLeftPaused CRITICAL',
    'noRecentBackup CRITICAL',
  ]);
});

test('An alert that cannot be sent is an error of the look, which measures everything all the same', async () => {
  const world = await setUp();
  world.context.tell = () => Promise.reject(new Error('KMSAccessDenied'));
  await assert.rejects(look(world), /KMSAccessDenied/);
  assert.equal(figureOf(world.context, 'BackupAgeSeconds')?.value, 0);
  assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 0);
  assert.deepEqual(posts(world.fake.calls()), [resume]);
});

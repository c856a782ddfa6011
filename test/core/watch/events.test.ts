import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { writeManifest } from '../../support/write-manifest.ts';
import { manifest } from '../backup/world.ts';
import { noAnswer } from '../fakes.ts';
import { arn, look, resume, setUp, toldOf, type World } from './world.ts';

const typesOf = ({ context }: World) => context.events.map(({ type }) => type);
const place = 'memory:production/backups/7/manifest.json';

/** A cluster without a lock, that was looked at once. After that the execution of its backup ends badly. */
async function endedBadly(state: 'COMPLETED' | 'FAILED') {
  const world = await setUp();
  world.context.store.documents.delete('production/lock.json');
  await writeManifest(world.context.ledger, {
    ...manifest,
    runId: arn,
    state,
    endedAt: '2026-11-21T09:01:00.000Z',
  });
  world.broker.phase = 'EXPORTING';
  await look(world);
  world.context.told.length = 0;
  world.context.clock.advance(300);
  const endedAt = new Date(world.context.clock.now()).toISOString();
  world.executions.ended.push({ runId: arn, status: 'FAILED', endedAt, cluster: 'production' });
  world.context.clock.advance(61);
  return world;
}

describe('The events that the watchdog sends', () => {
  test('A backup whose run died is an event, with what its manifest says', async () => {
    const world = await setUp();
    await look(world);
    const [event, ...others] = world.context.events;
    assert.deepEqual(others, []);
    assert(event?.type === 'Backup Failed');
    const { cause, durationSeconds, ...rest } = event.detail;
    assert.deepEqual(rest, {
      cluster: 'production',
      run: arn,
      backupId: 7,
      manifest: place,
      reason: 'test',
      pausedSeconds: 119,
      exportingLeftPaused: false,
      error: 'Abandoned',
    });
    assert.match(cause ?? '', /stopped without ending its backup/);
    assert.equal(durationSeconds, 120);
    await look(world);
    assert.equal(world.context.events.length, 1);
  });

  test('Exporting that stays paused is an event at every look, and the backup has no end before it is known', async () => {
    const world = await setUp();
    world.fake.replies[resume] = noAnswer();
    for (let times = 0; times < 2; times += 1) await look(world);
    assert.deepEqual(typesOf(world), ['Exporting Left Paused', 'Exporting Left Paused']);
    const [event] = world.context.events;
    assert(event?.type === 'Exporting Left Paused');
    assert.equal(event.detail.backupId, 7);
    assert.match(event.detail.cause, /^Exporting is paused since /);
  });

  test('Other programs get the event also where people cannot be told', async () => {
    const world = await setUp();
    const silent = { ...world.context, tell: () => Promise.reject(new Error('no topic')) };
    await assert.rejects(look({ ...world, context: silent }), /People could not be told: no topic/);
    assert.deepEqual(typesOf(world), ['Backup Failed']);
  });

  test('People are told, and the look is a good one, also where no event can be sent', async () => {
    const world = await setUp();
    const silent = { ...world.context, publish: () => Promise.reject(new Error('no bus')) };
    assert.equal((await look({ ...world, context: silent })).lock, 'repaired');
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
    assert.match(world.context.warnings.join(), /The event "Backup Failed" could not be sent: no bus/);
  });

  test('A failed backup of which its own run could tell nobody is an event', async () => {
    const world = await endedBadly('FAILED');
    await look(world);
    assert.deepEqual(toldOf(world.context), ['backupFailed WARNING']);
    assert.deepEqual(typesOf(world), ['Backup Failed']);
  });

  /** A run that died before its second try had an id. */
  async function betweenTries() {
    const world = await setUp({ lock: { backupId: undefined } });
    const failure = { error: 'ComponentTimedOut', message: 'Zeebe was slow' };
    await writeManifest(world.context.ledger, { ...manifest, runId: arn, state: 'FAILED', failure });
    world.broker.phase = 'EXPORTING';
    return world;
  }

  test('A run that died between two tries is the event of the try before', async () => {
    const world = await betweenTries();
    await look(world);
    const [event] = world.context.events;
    assert(event?.type === 'Backup Failed');
    assert.equal(event.detail.backupId, 7);
    assert.equal(event.detail.cause, 'Zeebe was slow');
  });

  test('A manifest that cannot be read may be that of a later try that is complete, so there is no event', async () => {
    const world = await betweenTries();
    world.context.store.documents.set('production/backups/8/manifest.json', '{');
    await look(world);
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
    assert.deepEqual(world.context.events, []);
  });

  test('No event calls a COMPLETED backup failed, although its execution ended badly', async () => {
    const world = await endedBadly('COMPLETED');
    await look(world);
    assert.deepEqual(world.context.events, []);
  });
});

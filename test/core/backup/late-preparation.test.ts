import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { at } from '../fake-cluster.ts';
import { failureOf, noAnswer, type TestContext } from '../fakes.ts';
import { oldManifest, planned, setUp } from './prepare-world.ts';

describe('A preparation that is called again after its run has ended', () => {
  const lateCall = async (context: TestContext) => {
    const before = [...context.store.documents.keys()].sort();
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'LockLost');
    assert.equal(await context.ledger.readLock('production'), undefined, 'the lock is left');
    assert.deepEqual([...context.store.documents.keys()].sort(), before, 'something is written');
  };

  test('A preparation that is called after its run has ended is refused, and leaves nothing behind', async () => {
    const { context, fake } = setUp();
    await planned(context);
    await context.ledger.release('production', 'run-1');
    const asked = fake.requests.length;
    await lateCall(context);
    assert.equal(fake.requests.length, asked);
  });

  test('A late call is refused also when another run was there meanwhile: the backup of the first one shows it', async () => {
    const { context } = setUp();
    await planned(context);
    await context.ledger.release('production', 'run-1');
    context.clock.advance(60);
    await planned(context, {}, 'run-2');
    await context.ledger.release('production', 'run-2');
    await lateCall(context);
  });

  test('A late call is refused, and is no skipped backup, while another run holds the lock', async () => {
    const { context } = setUp();
    await planned(context);
    await context.ledger.release('production', 'run-1');
    context.clock.advance(60);
    await planned(context, {}, 'run-2');
    assert.equal((await failureOf(planned(context))).name, 'LockLost');
    assert.equal((await context.ledger.readLock('production'))?.runId, 'run-2');
  });

  test('A late call is refused also where its run ended before it had a backup', async () => {
    const { context, fake } = setUp();
    const works = fake.replies[`GET ${at.optimize}/actuator`];
    assert(works);
    fake.replies[`GET ${at.optimize}/actuator`] = noAnswer(at.optimize);
    await failureOf(planned(context));
    await context.ledger.release('production', 'run-1');
    fake.replies[`GET ${at.optimize}/actuator`] = works;
    await lateCall(context);
  });

  test('A late call is refused as often as it comes', async () => {
    const { context } = setUp();
    await planned(context);
    await context.ledger.release('production', 'run-1');
    await lateCall(context);
    await lateCall(context);
  });

  test('A late call that was refused stands in nobody’s way: the next run is planned', async () => {
    const { context } = setUp();
    await planned(context);
    await context.ledger.release('production', 'run-1');
    await lateCall(context);
    assert.equal((await planned(context, {}, 'run-2')).run.runId, 'run-2');
  });

  test('The preparation looks through nothing older than a day for what its run may have left', async () => {
    const { context } = setUp();
    for (const id of [5, 6]) await context.ledger.createManifest(oldManifest(id));
    await context.ledger.createManifest(oldManifest(7, { startedAt: '2026-11-20T08:59:59.000Z' }));
    const read: string[] = [];
    context.store.before = (call) => read.push(call);
    await planned(context);
    const discovered = read.indexOf('replace production/lock.json');
    assert(read.slice(0, discovered).includes('read production/backups/7/manifest.json'));
    assert(!read.slice(0, discovered).includes('read production/backups/6/manifest.json'));
  });
});

import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { repair } from '../../../core/repair/lock.ts';
import { arn, look, setUp, toldOf } from '../watch/world.ts';
import { manifest } from './world.ts';

const key = 'production/backups/7/manifest.json';
const newer = { ...manifest, runId: arn, state: 'COMPLETED', aFieldOfTheNextVersion: 1 };
const texts = { 'is damaged': '{', 'was completed by a newer version': JSON.stringify(newer) };

describe('A run that is gone and whose manifest cannot be read', () => {
  for (const [what, text] of Object.entries(texts)) {
    test(`The watchdog puts a run right whose manifest ${what}, and says that its backup is not known`, async () => {
      const world = await setUp();
      world.context.store.documents.set(key, text);
      assert.equal((await look(world)).lock, 'repaired');
      assert.equal(world.broker.phase, 'EXPORTING');
      assert.equal(await world.context.ledger.readLock('production'), undefined);
      assert.equal(world.context.store.documents.get(key), text);
      assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
      const [{ reason, remedy } = { reason: '', remedy: '' }] = world.context.told;
      assert.match(
        reason,
        /Exporting is resumed \(proven\)\. Whether the backup is complete is not known: memory:production\/backups\/7\/manifest\.json is not/,
      );
      assert.match(
        remedy ?? '',
        /^Start a new backup: the one of this run is not known to be complete\. If a newer/,
      );
      assert.doesNotMatch(`${reason} ${remedy}`, /FAILED/);
      assert.equal((await look(world)).lock, 'free');
      assert.equal(world.context.told.length, 1);
    });

    test(`A repair puts a run right whose manifest ${what}, and says what is not known`, async () => {
      const world = await setUp();
      world.context.store.documents.set(key, text);
      const repaired = await repair('production', { force: true }, world.context);
      assert.deepEqual([repaired?.exporting, repaired?.manifest], ['proven', undefined]);
      assert.match(repaired?.unreadable?.message ?? '', /^Whether the backup is complete is not known: /);
      assert.equal(await world.context.ledger.readLock('production'), undefined);
      assert.equal(world.context.store.documents.get(key), text);
    });
  }
});

import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { readDocuments } from '../../../core/inventory/documents.ts';
import { askingSources } from '../../../core/inventory/sources.ts';
import { isAfterItsEnd } from '../../../core/inventory/verified.ts';
import { completed, inShort, listedEverywhere, snapshotsOf, world } from './world.ts';

for (const { what, verdict } of [
  { what: 'damages no backup', verdict: 'wrong' },
  { what: 'proves no backup', verdict: 'proven' },
] as const) {
  test(`A verification that was made while the backup was being taken ${what}`, async () => {
    const { list, context } = await world({
      manifests: [completed(7)],
      listed: listedEverywhere(7),
      snapshots: snapshotsOf(7),
    });
    await context.ledger.writeVerification({
      format: 1,
      cluster: 'production',
      backupId: 7,
      verifiedAt: '2026-11-21T08:03:59.000Z',
      verdict,
      required: [],
      judgements: [],
    });
    const { backups, newestUsable, newestVerified } = await list();
    assert.deepEqual(inShort(backups), ['7 COMPLETED ledger 4/4']);
    assert.equal(backups[0]?.verified, undefined);
    assert.equal(newestUsable?.backupId, 7);
    assert.equal(newestVerified, null);
    const documents = await readDocuments('production', 7, askingSources(context), context);
    assert.equal(documents.verification, undefined);
  });
}

test('No verification counts as long as the manifest says RUNNING', () => {
  const verifiedAt = '2026-11-21T08:05:00.000Z';
  const endedAt = '2026-11-21T08:04:00.000Z';
  assert.equal(isAfterItsEnd({ verifiedAt }, { state: 'RUNNING' }), false);
  assert.equal(isAfterItsEnd({ verifiedAt }, { state: 'COMPLETED', endedAt }), true);
});

import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { ledger } from '../../../core/ledger/ledger.ts';
import type { Verification } from '../../../core/ledger/verification.ts';
import { commands } from '../../../deployment/commands.ts';
import { memoryStore } from '../memory-store.ts';

const verification: Verification = {
  format: 1,
  cluster: 'production',
  backupId: 1748937221,
  verifiedAt: '2026-11-21T09:00:00.000Z',
  verdict: 'inPart',
  required: ['components'],
  judgements: [
    { name: 'components', subject: 'zeebe', verdict: 'proven', says: 'Zeebe says COMPLETED' },
    {
      name: 'store',
      subject: 'zeebe',
      verdict: 'unknown',
      says: 'No store is configured',
      remedy: 'Configure it.',
    },
  ],
  read: { files: 3, bytes: 27, seconds: 0.5 },
};

test('The last verification of a backup is kept beside its manifest, which does not change', async () => {
  const store = memoryStore();
  const books = ledger(store, commands({ program: 'camunda-backup' }));
  assert.equal(await books.readVerification('production', 1748937221), undefined);
  await books.writeVerification({ ...verification, verdict: 'wrong' });
  await books.writeVerification(verification);
  assert.deepEqual(await books.readVerification('production', 1748937221), verification);
  assert.deepEqual(await store.list('production/'), ['production/backups/1748937221/verification.json']);
});

test('A verification of a backup that no manifest describes does not count as a backup', async () => {
  const books = ledger(memoryStore(), commands({ program: 'camunda-backup' }));
  await books.writeVerification(verification);
  const ids = await books.backupIds('production');
  assert.deepEqual(await books.readManifests('production', ids), []);
  assert.equal(await books.lastCompleted('production', ids), undefined);
});

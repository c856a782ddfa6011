import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import type { Judgement, Verification } from '../../../core/ledger/verification.ts';
import { reportVerification } from '../../../core/verify/report.ts';
import { testContext } from '../fakes.ts';
import { manifestWith, withBackups } from './world.ts';

const verification = (backupId: number, ...judgements: Judgement[]): Verification => ({
  format: 1,
  cluster: 'production',
  backupId,
  verifiedAt: '2026-11-21T09:00:00.000Z',
  verdict: 'inPart',
  required: [],
  judgements,
});

const judged = (verdict: Judgement['verdict'], name: Judgement['name'], says: string): Judgement => ({
  name,
  subject: 'zeebe',
  verdict,
  says,
  remedy: 'Do it.',
});

const proven = judged('proven', 'components', 'Zeebe: COMPLETED');
const storeUnknown = judged('unknown', 'store', 'The store was not read');
const lacksFile = judged('wrong', 'store', 'A file is missing');

test('People are told what is wrong each time it is seen', async () => {
  const context = await withBackups(1_763_700_000);
  for (let times = 0; times < 2; times++) {
    await reportVerification(verification(1_763_700_000, proven, lacksFile), context);
  }
  assert.deepEqual(
    context.told.map(({ kind, severity, backupId, reason, remedy }) => ({
      kind,
      severity,
      backupId,
      reason,
      remedy,
    })),
    Array.from({ length: 2 }, () => ({
      kind: 'backupDamaged',
      severity: 'CRITICAL',
      backupId: 1_763_700_000,
      reason: 'A file is missing',
      remedy: 'Do it.',
    })),
  );
});

test('People are told once what is not known, for this backup and for later ones', async () => {
  const context = await withBackups(1_763_700_000, 1_763_700_001, 1_763_700_002);
  await reportVerification(verification(1_763_700_000, storeUnknown), context);
  await reportVerification(verification(1_763_700_000, storeUnknown), context);
  await reportVerification(verification(1_763_700_001, storeUnknown), context);
  assert.deepEqual(
    context.told.map(({ kind, severity }) => [kind, severity]),
    [['backupNotProven', 'WARNING']],
  );
  const another = judged('unknown', 'partitions', 'Zeebe did not answer');
  await reportVerification(verification(1_763_700_002, storeUnknown, another), context);
  assert.equal(context.told.length, 2);
  assert.match(context.told[1]?.reason ?? '', /Zeebe did not answer$/);
});

test('Nobody is told of a backup that is proven, nor again of one that failed', async () => {
  const context = testContext();
  await reportVerification(verification(1_763_700_000, proven), context);
  await reportVerification(
    verification(1_763_700_001, judged('wrong', 'manifest', 'It is FAILED'), lacksFile),
    context,
  );
  assert.deepEqual(context.told, []);
});

test('People are told even if the ledger cannot keep the verification', async () => {
  const context = await withBackups(1_763_700_000);
  context.store.before = (call) => {
    if (call.startsWith('write')) throw new Error('the disk is full');
  };
  const writing = reportVerification(verification(1_763_700_000, lacksFile), context);
  await assert.rejects(writing, /the disk is full/);
  assert.equal(context.told.length, 1);
});

test('A verification is kept although people could not be told', async () => {
  const context = await withBackups(1_763_700_000);
  context.tell = () => Promise.reject(new Error('no topic'));
  const { document } = await reportVerification(verification(1_763_700_000, lacksFile), context);
  assert.match(document ?? '', /production\/backups\/1763700000\/verification\.json$/);
  assert.match(context.warnings.join('\n'), /no topic/);
});

test('People are told what is not known beside what is wrong, since later it counts as told', async () => {
  const context = await withBackups(1_763_700_000);
  await reportVerification(verification(1_763_700_000, storeUnknown, lacksFile), context);
  await reportVerification(verification(1_763_700_000, storeUnknown), context);
  assert.deepEqual(
    context.told.map(({ kind, reason }) => [kind, reason.includes('The store was not read')]),
    [
      ['backupDamaged', false],
      ['backupNotProven', true],
    ],
  );
});

for (const { what, change } of [
  { what: 'a backup that the ledger does not know', change: undefined },
  { what: 'a backup that is still being taken', change: { state: 'RUNNING' as const, endedAt: undefined } },
  { what: 'a backup that has ended since it was looked at', change: { endedAt: '2026-11-21T09:00:01.000Z' } },
]) {
  test(`The ledger gets nothing at all about ${what}, even if people could not be told`, async () => {
    const context = testContext();
    if (change) await context.ledger.createManifest(manifestWith({ backupId: 1_763_700_000, ...change }));
    const before = [...context.store.documents.keys()];
    context.tell = () => Promise.reject(new Error('no topic'));
    const { document } = await reportVerification(
      verification(1_763_700_000, storeUnknown, lacksFile),
      context,
    );
    assert.equal(document, null);
    assert.deepEqual([...context.store.documents.keys()], before);
  });
}

test('What is unknown counts as told only if somebody could be told', async () => {
  const context = await withBackups(1_763_700_000);
  const { tell } = context;
  Object.assign(context, { canTell: false, tell: async () => {} });
  await reportVerification(verification(1_763_700_000, storeUnknown), context);
  Object.assign(context, { canTell: true, tell });
  await reportVerification(verification(1_763_700_000, storeUnknown), context);
  assert.equal(context.told.length, 1);
});

test('An alert says once what is the reason of several judgements', async () => {
  const context = await withBackups(1_763_700_000);
  const says = 'The search engine did not answer';
  const unknown = (['snapshots', 'optimizeOrder', 'versions'] as const).map((name) =>
    judged('unknown', name, says),
  );
  await reportVerification(verification(1_763_700_000, ...unknown), context);
  assert.equal(context.told[0]?.reason, `Of the backup 1763700000, something is not known: ${says}`);
});

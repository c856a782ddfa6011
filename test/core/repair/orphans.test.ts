import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import type { Manifest } from '../../../core/ledger/manifest.ts';
import { failOrphans, findOrphans } from '../../../core/repair/orphans.ts';
import { writeManifest } from '../../support/write-manifest.ts';
import { entryOf, holdLock, manifest, run } from '../backup/world.ts';
import { testContext } from '../fakes.ts';

async function setUp(...manifests: Partial<Manifest>[]) {
  const context = testContext();
  const written = manifests.map((one) => ({ ...manifest, ...one }));
  for (const one of written) await context.ledger.createManifest(one);
  const stateOf = async (id = run.backupId) =>
    (await context.ledger.readManifest(run.cluster, id))?.state ?? 'not there';
  return { context, written, stateOf };
}

const idsOf = (manifests: Manifest[]) => manifests.map(({ backupId }) => backupId);

describe('A manifest that is RUNNING', () => {
  test('A RUNNING manifest without any lock is an orphan, and is marked FAILED with what its run had come to', async () => {
    const { context, written } = await setUp({});
    await context.ledger.createEntry(run.cluster, 7, entryOf('operate', { state: 'STARTED' }));
    const before = context.store.changes.length;
    assert.deepEqual(idsOf(await findOrphans(written, context)), [7]);
    assert.equal(context.store.changes.length, before, 'to look is to change nothing');

    const [failed] = await failOrphans(written, context);
    assert.deepEqual(failed, await context.ledger.readManifest(run.cluster, 7));
    assert.equal(failed?.state, 'FAILED');
    assert.equal(failed.endedAt, '2026-11-21T09:00:00.000Z');
    assert.equal(failed.failure.error, 'Abandoned');
    assert.match(failed.failure.message, /no lock belongs to its run run-1/);
    assert.match(failed.failure.remedy ?? '', /If a person has removed the lock, .*exporterPhase/);
    assert.equal(failed.components.length, 1);
  });

  test('A RUNNING manifest of the run that holds the lock for it is alive', async () => {
    const { context, written, stateOf } = await setUp({});
    await holdLock(context);
    assert.deepEqual(await findOrphans(written, context), []);
    assert.deepEqual(await failOrphans(written, context), []);
    assert.equal(await stateOf(), 'RUNNING');
  });

  test('A RUNNING manifest of another run than the lock’s is an orphan, also under the same id', async () => {
    const { context, written, stateOf } = await setUp({});
    await holdLock(context, 'run-2');
    assert.deepEqual(idsOf(await findOrphans(written, context)), [7]);
    assert.deepEqual(idsOf(await failOrphans(written, context)), [7]);
    assert.equal(await stateOf(), 'FAILED');
  });

  test('A RUNNING manifest of a run that holds the lock for its next try is an orphan', async () => {
    const { context, written, stateOf } = await setUp({});
    await holdLock(context);
    await context.ledger.changeLock(run.cluster, run.runId, { attempt: 2, backupId: 8 });
    assert.deepEqual(idsOf(await findOrphans(written, context)), [7]);
    assert.deepEqual(idsOf(await failOrphans(written, context)), [7]);
    assert.equal(await stateOf(), 'FAILED');
  });

  test('A RUNNING manifest that its run has ended since it was read is no orphan', async () => {
    for (const state of ['COMPLETED', 'FAILED'] as const) {
      const { context, written, stateOf } = await setUp({});
      await writeManifest(context.ledger, { ...manifest, state });
      assert.deepEqual(await findOrphans(written, context), []);
      assert.deepEqual(await failOrphans(written, context), []);
      assert.equal(await stateOf(), state);
    }
  });

  test('A RUNNING manifest that is ended between the look at the lock and its change is no orphan', async () => {
    const { context, written, stateOf } = await setUp({});
    const { store, ledger } = context;
    const { read } = store;
    store.read = async (key) => {
      const found = await read(key);
      if (key.endsWith('/lock.json')) await writeManifest(ledger, { ...manifest, state: 'COMPLETED' });
      return found;
    };
    assert.deepEqual(await findOrphans(written, context), []);
    await writeManifest(ledger, manifest);
    assert.deepEqual(await failOrphans(written, context), []);
    assert.equal(await stateOf(), 'COMPLETED');
  });

  test('A RUNNING manifest whose lock cannot be read is not touched', async () => {
    const { context, written, stateOf } = await setUp({});
    context.store.documents.set('production/lock.json', '{');
    await assert.rejects(failOrphans(written, context), { name: 'LedgerCorrupt' });
    assert.equal(await stateOf(), 'RUNNING');
  });
});

test('A manifest that has ended is no orphan, whoever holds the lock', async () => {
  const { context, written } = await setUp(
    { backupId: 5, state: 'COMPLETED' },
    { backupId: 6, state: 'FAILED' },
  );
  const before = context.store.changes.length;
  assert.deepEqual(await findOrphans(written, context), []);
  assert.deepEqual(await failOrphans(written, context), []);
  assert.equal(context.store.changes.length, before);
});

import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { thisProcess } from '../../core/ledger/lock/owner.ts';
import type { Manifest } from '../../core/ledger/manifest.ts';
import { assertCode, type Bench, bench, foreignLock, foreignPause } from './harness.ts';

const requestedAt = '2026-11-21T09:00:00.000Z';

/** A lock whose id was rounded when it was written: nothing can read it. */
async function unreadable(on: Bench, text?: string): Promise<string> {
  const lock = JSON.stringify(foreignLock({ owner: elsewhere, ...foreignPause(on, { requestedAt }) }));
  const written = text ?? lock.replace('"backupId":41', '"backupId":20260101120000124');
  await mkdir(join(on.folder, 'ledger/test'), { recursive: true });
  await writeFile(join(on.folder, 'ledger/test/lock.json'), written);
  return written;
}
const elsewhere = { kind: 'process', host: 'elsewhere', pid: 4711 } as const;

const lockText = (on: Bench) => readFile(join(on.folder, 'ledger/test/lock.json'), 'utf8');
const copies = async (on: Bench) =>
  [...(await readdir(join(on.folder, 'ledger/test')))].filter((name) => name.startsWith('lock.unreadable-'));
const changes = (on: Bench) => on.simulator.calls().filter(({ method }) => method !== 'GET');

function manifestOf(runId: string): Manifest {
  return {
    format: 1,
    cluster: 'test',
    backupId: 40,
    runId,
    reason: 'test',
    state: 'RUNNING',
    startedAt: requestedAt,
    order: 'PAUSE_FIRST',
    expectedComponents: ['zeebe'],
    components: [],
    exporting: { leftPaused: false },
    warnings: [],
  };
}

describe('A lock that cannot be read', () => {
  test('A lock that cannot be read ends a run before it touches anything, with the command that frees the lock', async () => {
    const on = await bench();
    const text = await unreadable(on);
    const run = await on.run().ended;
    assertCode(run, 1);
    assert.match(run.stderr, /lock\.json is not a document of this version.*backupId: Too big/);
    assert.match(run.stderr, /resumes exporting, keeps a copy of the lock and frees it: .* repair --force/);
    assert.equal(run.json().failure?.error, 'LedgerCorrupt');
    assert.equal(await lockText(on), text);
    assert.deepEqual(changes(on), []);
  });

  test('A lock that cannot be read stays where `repair` is not forced, which says how to free it and shows the leftovers', async () => {
    const on = await bench();
    const text = await unreadable(on);
    on.simulator.seedBackup('optimize', 32);
    const repair = await on.repair().ended;
    assertCode(repair, 1);
    assert.match(repair.stdout, /The lock of test is left as it is\./);
    assert.equal(repair.stderr.match(/is not a document/g)?.length, 1, repair.stderr);
    assert.match(
      repair.stderr,
      /resumes exporting, keeps a copy of the lock and frees it: .* repair --force/,
    );
    assert.match(repair.stderr, /EXPORTING OF test MAY STILL BE PAUSED\. By hand: curl -X POST http/);
    assert.match(repair.stdout, /32 {2}Optimize/);
    assert.equal(await lockText(on), text);
    assert.deepEqual(changes(on), []);
  });

  test('A lock that cannot be read is freed by force: exporting is resumed and read back, and a copy is kept', async () => {
    const on = await bench();
    const text = await unreadable(on);
    await on.ledger.createManifest(manifestOf('local-another-run'));
    on.simulator.setExporterPhase('SOFT_PAUSED');
    const repair = await on.repair('--force', '--json').ended;
    assertCode(repair, 0);
    assert.match(
      repair.stderr,
      /The lock of test could not be read\. Exporting is resumed \(read back on every partition\)\. A copy of the lock is kept: .*\. The lock is free\./,
    );
    const [copy] = await copies(on);
    const { ok, lock, orphans } = JSON.parse(repair.stdout);
    assert.equal(ok, true);
    assert.deepEqual([lock.repaired, lock.exporting], [true, 'proven']);
    assert.equal(lock.copy, join(on.folder, 'ledger/test', copy ?? ''));
    assert.equal(await readFile(lock.copy, 'utf8'), text);
    assert.equal(orphans[0].backupId, 40);
    await on.assertAllIsWell();
    assertCode(await on.run().ended, 0);
  });

  for (const { where, answer } of [
    { where: 'the resume fails', answer: { status: 500, body: { message: 'no leader' } } },
    {
      where: 'the read-back shows that the resume did not work',
      answer: { status: 200, body: { status: 204 } },
    },
  ]) {
    test(`A lock that cannot be read stays, without a copy, where ${where}`, async () => {
      const on = await bench();
      const text = await unreadable(on);
      on.simulator.setExporterPhase('SOFT_PAUSED');
      on.simulator.order({ operation: 'zeebe.resume', times: 'always', kind: { answer } });
      const repair = await on.repair('--force').ended;
      assertCode(repair, 1);
      assert.match(repair.stderr, /EXPORTING OF test MAY STILL BE PAUSED/);
      assert.equal(await lockText(on), text);
      assert.deepEqual(await copies(on), []);
      assert.notEqual(on.simulator.pausedSince(), undefined);
    });
  }

  test('A lock that cannot be read is only looked at in a dry run', async () => {
    const on = await bench();
    const text = await unreadable(on);
    on.simulator.setExporterPhase('SOFT_PAUSED');
    const dry = await on.repair('--force', '--dry-run').ended;
    assertCode(dry, 0);
    assert.match(dry.stdout, /cannot be read\. Exporting would be resumed at http.*the lock would be free\./);
    assert.equal(await lockText(on), text);
    assert.deepEqual(await copies(on), []);
    assert.deepEqual(changes(on), []);
  });

  test('A lock that is no JSON at all is freed by force, and a copy is kept', async () => {
    const on = await bench();
    await unreadable(on, '{ "format": 1, "clu');
    const repair = await on.repair('--force').ended;
    assertCode(repair, 0);
    assert.equal((await copies(on)).length, 1);
    await on.assertAllIsWell();
  });

  test('A lock that cannot be read is left also by force where its run is seen to live', async () => {
    const on = await bench();
    const living = { ...foreignLock({ owner: thisProcess() }), aFieldOfTheNextVersion: true };
    const text = await unreadable(on, JSON.stringify(living));
    const repair = await on.repair('--force').ended;
    assertCode(repair, 3);
    assert.match(repair.stderr, /is held by the backup 41 .*\n.*Wait for it/);
    assert.equal(await lockText(on), text);
    assert.deepEqual(changes(on), []);
  });
});

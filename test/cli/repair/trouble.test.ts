import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { assertCode, bench, foreignLock, foreignPause, goneProcess } from '../harness.ts';
import { deletes, failedBackup, orphan, resultOf } from './world.ts';

describe('`repair` where something fails', () => {
  test('`repair` puts lock and orphans right where a component fails, and shows what the others have', async () => {
    const on = await bench();
    await on.ledger.acquire(
      foreignLock({ owner: goneProcess, ...foreignPause(on, { requestedAt: '2026-11-21T09:00:00.000Z' }) }),
    );
    on.simulator.setExporterPhase('SOFT_PAUSED');
    await on.ledger.createManifest(orphan(40));
    on.simulator.seedBackup('zeebe', 31);
    on.simulator.order({ operation: 'optimize.list', kind: { answer: { status: 503 } }, times: 'always' });
    const repair = await on.repair('--json').ended;
    assertCode(repair, 1);
    const { ok, lock, orphans, leftovers, unknown, problems } = resultOf(repair);
    assert.equal(ok, false);
    assert.equal(lock?.repaired, true);
    assert.equal(orphans.length, 1);
    assert.deepEqual(
      leftovers.map(({ backupId }) => backupId),
      [31],
    );
    assert.deepEqual(unknown, ['optimize']);
    assert.match(problems[0]?.message ?? '', /Optimize answered GET .* with 503/);
    assert.match(repair.stderr, /Error: Optimize answered GET/);
    await on.assertAllIsWell();
  });

  test('`repair` resumes exporting and frees the lock also where the manifest of the dead run cannot be read', async () => {
    const on = await bench();
    const lock = foreignLock({
      owner: goneProcess,
      ...foreignPause(on),
      backupId: 41,
    });
    await on.ledger.acquire(lock);
    await on.ledger.createManifest({ ...orphan(41), runId: lock.runId });
    const file = join(on.folder, 'ledger/test/backups/41/manifest.json');
    await writeFile(file, '{');
    on.simulator.setExporterPhase('SOFT_PAUSED');
    const dry = await on.repair('--dry-run').ended;
    assertCode(dry, 1);
    const isNotKnown =
      /It is not known whether its backup 41 is complete: the manifest cannot be read, and stays as it is\. The lock/;
    assert.match(dry.stdout, /would be repaired\. Exporting would be resumed/);
    assert.match(dry.stdout, isNotKnown);
    const repair = await on.repair().ended;
    assertCode(repair, 1);
    assert.match(repair.stdout, /is repaired\. Exporting is resumed/);
    assert.match(repair.stdout, isNotKnown);
    assert.match(repair.stderr, /41\/manifest\.json is not a document/);
    assert.equal(await readFile(file, 'utf8'), '{');
    assert.equal(on.simulator.pausedSince(), undefined);
    assert.equal(await on.lock(), undefined);
    assertCode(await on.run().ended, 0);
  });

  test('`repair` looks at the other manifests where one cannot be read, and says so', async () => {
    const on = await bench();
    await on.ledger.createManifest(orphan(40));
    await on.ledger.createManifest(orphan(41));
    await writeFile(join(on.folder, 'ledger/test/backups/41/manifest.json'), '{');
    on.simulator.seedBackup('zeebe', 41);
    const repair = await on.repair('--json').ended;
    assertCode(repair, 1);
    const { orphans, leftovers, problems } = resultOf(repair);
    assert.deepEqual(
      orphans.map(({ backupId }) => backupId),
      [40],
    );
    assert.deepEqual(
      leftovers.map(({ kind }) => kind),
      ['unknown'],
    );
    assert.match(problems[0]?.message ?? '', /41\/manifest\.json is not a document/);
  });

  test('`repair` says last that exporting may still be paused where the resume and the components fail', async () => {
    const on = await bench();
    await on.ledger.acquire(
      foreignLock({ owner: goneProcess, ...foreignPause(on, { requestedAt: '2026-11-21T09:00:00.000Z' }) }),
    );
    on.simulator.setExporterPhase('SOFT_PAUSED');
    await on.ledger.createManifest(orphan(40));
    on.simulator.stopBroker(0);
    on.simulator.stopSearch();
    const repair = await on.repair().ended;
    assertCode(repair, 1);
    assert.match(repair.stdout, /The lock of test is left as it is\./);
    assert.match(repair.stdout, /The backup 40 .* is marked FAILED\./);
    assert.match(
      repair.stderr,
      /EXPORTING OF test MAY STILL BE PAUSED\. By hand: curl -X POST http:\S+\/actuator\/exporting\/resume \(the "status" in the answer must be 204\)\.\n$/,
    );
    assert.ok(await on.lock());
  });

  test('`repair` deletes nothing when it is interrupted, and says that it does not know what the components have', async () => {
    const on = await bench();
    await failedBackup(on, 61);
    on.simulator.order({ operation: 'optimize.list', kind: 'hang', times: 'always' });
    const listed = on.simulator.calls({ operation: 'optimize.list' }).length;
    const repair = on.repair('--delete-leftovers', '--yes', '--json');
    await on.asked('optimize.list', listed + 1);
    repair.kill('SIGINT');
    const ended = await repair.ended;
    assertCode(ended, 130);
    assert.ok(resultOf(ended).unknown.includes('optimize'));
    const asked = on.simulator.calls({ operation: 'optimize.list' }).length;
    assert.equal(asked, listed + 1, 'it was asked again after the signal');
    assert.deepEqual(deletes(on), []);
  });
});

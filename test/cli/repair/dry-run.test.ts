import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { assertCode, type Bench, bench, foreignLock, foreignPause, goneProcess, until } from '../harness.ts';
import { changes, failedBackup, idsIn, orphan, resultOf } from './world.ts';

async function everyFile(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const name of await readdir(folder, { recursive: true })) {
    const file = join(folder, name);
    const { mtimeMs } = await stat(file);
    const text = await readFile(file, 'utf8').catch(() => 'a folder');
    files[name] = text === 'a folder' ? text : `${mtimeMs} ${text}`;
  }
  return files;
}

describe('`repair --dry-run`', () => {
  /** Everything at once: a dead run that has paused, an orphan, leftovers of both, and somebody else's. */
  async function everything(on: Bench) {
    await failedBackup(on, 61);
    await on.ledger.createManifest(orphan(62));
    await on.ledger.createManifest(orphan(63, { runId: 'local-another-run' }));
    for (const { id, runId } of [
      { id: 62, runId: 'local-lost' },
      { id: 63, runId: 'local-another-run' },
    ]) {
      on.simulator.seedBackup('optimize', id, 'INCOMPLETE');
      await on.ledger.createEntry('test', id, {
        component: 'optimize',
        runId,
        state: 'STARTED',
        url: 'http://optimize:8092',
        requestedAt: '2026-11-21T09:00:00.000Z',
      });
    }
    on.simulator.seedBackup('zeebe', 64);
    await on.ledger.acquire(
      foreignLock({
        owner: goneProcess,
        backupId: 63,
        ...foreignPause(on, { requestedAt: '2026-11-21T09:00:00.000Z' }),
      }),
    );
    on.simulator.setExporterPhase('SOFT_PAUSED');
  }

  test('`repair --dry-run` says what would be done, and changes nothing', async () => {
    const on = await bench();
    await everything(on);
    const home = join(on.folder, 'ledger');
    const files = await everyFile(home);
    const before = changes(on).length;
    const ids = idsIn(on);

    const dry = await on.repair('--dry-run', '--delete-leftovers', '--yes').ended;
    assertCode(dry, 0);
    assert.match(
      dry.stdout,
      /The run local-another-run \(process \d+ on .*\) would be repaired\. Exporting would be resumed: it may have been paused since 2026-11-21T09:00:00\.000Z\. Its backup 63 would be marked FAILED\. The lock would be free\./,
    );
    assert.match(dry.stdout, /The backup 62 .* no lock belongs to it: it would be marked FAILED\./);
    assert.match(
      dry.stdout,
      /Would be deleted: the backup 61 \(Zeebe, Web applications, Optimize, Zeebe records\), the backup 62 \(Optimize\), the backup 63 \(Optimize\)\./,
    );
    assert.match(dry.stdout, /Nothing was changed: this was a dry run\.\n$/);
    const inJson = await on.repair('--dry-run', '--json').ended;
    assertCode(inJson, 0);

    assert.deepEqual(await everyFile(home), files);
    assert.equal(changes(on).length, before, 'only GET');
    assert.deepEqual(idsIn(on), ids);
    assert.notEqual(on.simulator.pausedSince(), undefined);

    const planned = resultOf(inJson);
    assert.deepEqual(planned.lock, {
      repaired: false,
      runId: 'local-another-run',
      owner: `process ${goneProcess.pid} on ${goneProcess.host}`,
      backupId: 63,
      exporting: 'unknown',
      copy: null,
    });
    const done = resultOf(await on.repair('--delete-leftovers', '--yes', '--json').ended);
    assert.equal(done.lock?.exporting, 'proven');
    assert.deepEqual(done.orphans, planned.orphans);
    const inShort = ({ leftovers }: typeof done) =>
      leftovers.map(({ component, backupId, state, kind }) => `${backupId} ${component} ${state} ${kind}`);
    assert.deepEqual(inShort(done), inShort(planned));
    await until('ours are deleted', () => `${idsIn(on)}` === '64,,,');
    await on.assertAllIsWell();
  });

  test('`repair --dry-run` gives the same answer beside a run that lives as `repair`, and changes nothing', async () => {
    const on = await bench();
    const lock = foreignLock({ ...foreignPause(on) });
    await on.ledger.acquire(lock);
    const dry = await on.repair('--dry-run').ended;
    assertCode(dry, 3);
    assert.match(dry.stderr, /Wait for it/);
    assert.deepEqual(await on.lock(), lock);
    const owner = { kind: 'process', host: 'elsewhere', pid: 1 } as const;
    await on.ledger.changeLock('test', lock.runId, { owner });
    assertCode(await on.repair('--dry-run').ended, 3);
    const forced = await on.repair('--dry-run', '--force').ended;
    assertCode(forced, 0);
    assert.match(forced.stdout, /Its backup 41 had no manifest yet\./);
    assert.deepEqual(await on.lock(), { ...lock, owner });
    assert.deepEqual(changes(on), []);
  });
});

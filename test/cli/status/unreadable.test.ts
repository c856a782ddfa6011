import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from '@jest/globals';
import type { StatusResult } from '../../../cli/status/result.ts';
import { status } from '../../../cli/status/status.ts';
import { config as schema } from '../../../core/config/schema.ts';
import { folderStore } from '../../../core/ledger/store/folder.ts';
import { pauseOf } from '../../core/backup/world.ts';
import { typed } from '../../core/fakes.ts';
import { written } from '../../support/written.ts';
import { bench, clock, elsewhere, failed, lock, manifest, paused } from './world.ts';

describe('`status` of what cannot be read or believed', () => {
  const unreadable = JSON.stringify(lock(paused)).replace('"backupId":9', '"backupId":20260101120000124');

  it('`status` says that a lock cannot be read and how to free it, and shows everything else of the cluster', async () => {
    const { config, books, look, seen } = await bench();
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    await books.createManifest(manifest(6, '2026-11-20T08:00:00.000Z', failed));
    await folderStore(config.ledger.folder ?? '').write('production/lock.json', unreadable);
    const { ok, problems, run, exporting, lastCompleted, lastFailed } = await seen();
    assert.equal(ok, false);
    assert.equal(problems.length, 1);
    assert.match(
      problems[0] ?? '',
      /production\/lock\.json is not a document .*camunda-backup repair --cluster production --force/,
    );
    assert.deepEqual([run, exporting.paused], [null, null]);
    assert.deepEqual([lastCompleted?.backupId, lastFailed?.backupId], [7, 6]);
    const { code, text } = await look();
    assert.equal(code, 1);
    assert.match(text, /\n {2}run +not known\n {2}exporting +not known: the lock cannot be read; /);
  });

  it('`status` hides no cluster behind another one that cannot be read', async () => {
    const { config, books } = await bench();
    const zeebe = { url: 'http://zeebe:9600' };
    const three = schema.parse({
      ledger: config.ledger,
      clusters: { broken: { zeebe }, production: { zeebe }, staging: { zeebe } },
    });
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    const store = folderStore(config.ledger.folder ?? '');
    await store.write('broken/lock.json', '{');
    // Not even the list of its backups can be had.
    await writeFile(join(config.ledger.folder ?? '', 'staging'), 'a file where a folder belongs');
    const screen = written();
    const code = await status({
      config: three,
      commands: typed,
      offline: true,
      json: true,
      host: { output: screen.output, env: {} },
      clock,
    });
    const { clusters } = screen.json() as StatusResult;
    assert.equal(code, 1);
    assert.deepEqual(
      clusters.map(({ cluster, ok }) => [cluster, ok]),
      [
        ['broken', false],
        ['production', true],
        ['staging', false],
      ],
    );
    assert.match(clusters[2]?.problems.join() ?? '', /staging/);
  });

  it('`status` shows who holds a lock into which a newer version has written more, and finds nothing wrong in it', async () => {
    const { config, books, seen } = await bench();
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    const newer = { ...lock({ ...paused, owner: elsewhere }), aFieldOfTheNextVersion: true };
    await folderStore(config.ledger.folder ?? '').write('production/lock.json', JSON.stringify(newer));
    const { ok, run, exporting } = await seen();
    assert.equal(ok, true);
    assert.deepEqual([run?.state, run?.backupId, exporting.paused], ['unknown', 9, true]);
  });

  it('`status` does not say that there is no completed backup where some cannot be read', async () => {
    const { config, seen } = await bench();
    await folderStore(config.ledger.folder ?? '').write('production/backups/8/manifest.json', '{}');
    const { problems } = await seen();
    assert.equal(problems[0], 'there is no completed backup among those that can be read');
    assert.match(problems[1] ?? '', /8\/manifest\.json is not a document/);
  });

  it('`status` does not take a backup that is dated in the future for a recent one', async () => {
    const { books, look, seen } = await bench({ maxAge: '26h' });
    await books.createManifest(manifest(7, '2027-11-21T12:00:00.000Z'));
    const { ok, problems, lastCompleted } = await seen();
    assert.equal(ok, false);
    assert.deepEqual(problems, [
      'the last completed backup is dated 8760 h 00 min in the future: a clock is or was wrong, and the age of the backup is not known',
    ]);
    assert.equal(lastCompleted?.ageSeconds, -365 * 24 * 3600);
    assert.match((await look()).text, /last completed +7, 8760 h 00 min in the future \(2027-/);
  });

  it('`status` forgives clocks that differ by a minute', async () => {
    const { books, look } = await bench({ maxAge: '26h' });
    await books.createManifest(manifest(7, '2026-11-21T12:01:00.000Z'));
    const { code, text } = await look();
    assert.equal(code, 0);
    assert.match(text, /status +ok/);
  });

  it('`status` does not take a pause that is dated in the future for a short one', async () => {
    const { books, seen } = await bench();
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    await books.acquire(lock(pauseOf({ requestedAt: '2026-11-21T13:00:00.000Z' })));
    assert.deepEqual((await seen()).problems, [
      'exporting has been paused since a moment in the future (2026-11-21T13:00:00.000Z): a clock is wrong',
    ]);
  });
});

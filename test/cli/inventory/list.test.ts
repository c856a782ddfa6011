import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, test } from '@jest/globals';
import { listLines } from '../../../cli/inventory/list-text.ts';
import { listResult } from '../../../cli/inventory/result.ts';
import { colourOf } from '../../../cli/inventory/words.ts';
import type { Inventory, ListedBackup } from '../../../core/inventory/backup.ts';
import { entryOf } from '../../core/backup/world.ts';
import { written } from '../../support/written.ts';
import { assertCode, type Bench, bench } from '../harness.ts';
import { manifest } from '../status/world.ts';

const components = ['zeebe', 'webApplications', 'optimize', 'records'] as const;

/** A backup that consists of what the simulator is seeded with. */
function ofSeeds(backupId: number) {
  const webapps = [1, 2, 3, 4, 5].map((part) => `camunda_webapps_${backupId}_8.8.0_part_${part}_of_5`);
  const optimize = [1, 2].map((part) => `camunda_optimize_${backupId}_8.8.0_part_${part}_of_2`);
  return {
    ...manifest(backupId, new Date().toISOString()),
    cluster: 'test',
    camundaVersion: '8.8.0',
    expectedComponents: [...components],
    components: [
      entryOf('webApplications', { scheduledSnapshots: webapps }),
      entryOf('optimize', { scheduledSnapshots: optimize }),
      entryOf('records', { scheduledSnapshots: [`camunda_zeebe_records_backup_${backupId}`] }),
      entryOf('zeebe'),
    ],
  };
}

async function listed(on: Bench, ...args: string[]) {
  const ended = await on.call(['list', '--json', ...args], {}).ended;
  assertCode(ended, 0);
  return listResult.parse(JSON.parse(ended.stdout));
}

describe('camunda-backup list', () => {
  for (const search of ['elasticsearch', 'opensearch'] as const) {
    test(`\`list\` on ${search} shows what this ledger made, what a person made, what failed, and what has lost a part`, async () => {
      const on = await bench({ components: { search } });
      for (const component of components) {
        for (const id of [1, 2, 4]) on.simulator.seedBackup(component, id);
        on.simulator.seedBackup(component, 3, component === 'optimize' ? 'FAILED' : 'COMPLETED');
      }
      for (const id of [1, 4]) await on.ledger.createManifest(ofSeeds(id));
      await on.ledger.createManifest({ ...ofSeeds(5), state: 'FAILED', components: [] });
      const url = `${on.simulator.urls.search}/_snapshot/${on.simulator.repository}`;
      await fetch(`${url}/camunda_zeebe_records_backup_4`, { method: 'DELETE' });
      const before = on.simulator.calls().length;
      const { backups, newestUsable, newestVerified, sources, more } = await listed(on);
      assert.deepEqual(
        backups.map(({ backupId, madeBy, state }) => [backupId, madeBy, state]),
        [
          [5, 'ledger', 'FAILED'],
          [4, 'ledger', 'INCOMPLETE'],
          [3, 'elsewhere', 'FAILED'],
          [2, 'elsewhere', 'COMPLETED'],
          [1, 'ledger', 'COMPLETED'],
        ],
      );
      assert.deepEqual([newestUsable?.backupId, newestVerified, more], [1, null, false]);
      assert.ok(sources.every(({ answered }) => answered));
      for (const { createdAt, version } of backups) assert.ok(createdAt && version === '8.8.0');
      const only = await listed(on, '--state', 'failed', '--since', '2h', '--limit', '1');
      assert.deepEqual([only.backups.map(({ backupId }) => backupId), only.more], [[5], true]);
      const calls = on.simulator.calls().slice(before);
      assert.deepEqual(
        calls.filter(({ method }) => method !== 'GET'),
        [],
      );
    });
  }

  test('`list` works without Camunda and without a ledger, from the repository alone, and says so', async () => {
    const on = await bench();
    for (const component of components) on.simulator.seedBackup(component, 7);
    on.simulator.stopBroker(0);
    await on.configure((cluster) => ({ ...cluster, optimize: { url: 'http://127.0.0.1:2' } }));
    await rm(join(on.folder, 'ledger'), { recursive: true, force: true });
    const ended = await on.call(['list'], {}).ended;
    assertCode(ended, 0);
    const [first, , row] = ended.stdout.split('\n');
    assert.equal(first, 'No usable backup of test is known: the ledger has no backup of it.');
    assert.match(
      row ?? '',
      /^7\tUNKNOWN\t\d{4}-.*Z\t-\t-\t3\/4\t8\.8\.0\t-\t-\tnot by this ledger\. Zeebe could not be asked$/,
    );
    assert.match(ended.stderr, /^Note: The ledger .*ledger does not exist yet/m);
    assert.match(ended.stderr, /^Not asked: Zeebe cannot be reached/m);
    assert.match(ended.stderr, /^Not asked: Optimize cannot be reached/m);
    assert.match(ended.stderr, /^To see which addresses answer, run: .* check/m);
  });

  test('`list` ends with 1 if no source answers', async () => {
    const on = await bench();
    await on.simulator.close();
    // A file is no ledger.
    await writeFile(join(on.folder, 'ledger'), '');
    const ended = await on.call(['list', '--json'], {}).ended;
    assertCode(ended, 1);
    const { backups, sources } = listResult.parse(JSON.parse(ended.stdout));
    assert.deepEqual(backups, []);
    assert.ok(sources.length > 3 && sources.every(({ answered, says }) => !answered && says));
  });

  for (const { args, says } of [
    {
      args: ['--state', 'good'],
      says: /The states are COMPLETED, INCOMPLETE, DAMAGED, FAILED, RUNNING, UNKNOWN/,
    },
    { args: ['--since', 'yesterday'], says: /It must be a duration such as 7d or 12h, or a date/ },
    { args: ['--since', '2026-02-31'], says: /It must be a duration .* or a date/ },
    { args: ['--limit', '0'], says: /It must be a whole number above 0/ },
  ]) {
    test(`\`list ${args.join(' ')}\` is refused, and the answer says what would be right`, async () => {
      const on = await bench();
      const ended = await on.call(['list', ...args], {}).ended;
      assertCode(ended, 2);
      assert.match(ended.stderr, says);
    });
  }
});

describe('The text of a list', () => {
  const good: ListedBackup = {
    backupId: 1795817188,
    madeBy: 'ledger',
    state: 'COMPLETED',
    usable: true,
    createdAt: '2026-11-27T22:56:29.123Z',
    durationSeconds: 250,
    pausedSeconds: 41,
    components: { complete: 4, expected: 4 },
    version: '8.8.0',
    snapshotBytes: 12_345_678,
    verified: { at: '2026-11-27T23:00:00.000Z', verdict: 'inPart' },
    reason: 'schedule nightly',
  };
  const unknown: ListedBackup = {
    backupId: 7,
    madeBy: 'unknown',
    state: 'UNKNOWN',
    usable: false,
    components: { complete: 3, expected: 4 },
    problem: 'Zeebe could not be asked',
  };
  const point = { backupId: 1795817188, startedAt: '2026-11-27T22:56:29.123Z', ageSeconds: 3600 };
  const found: Inventory = {
    cluster: 'production',
    newestUsable: point,
    newestVerified: {
      ...point,
      backupId: 1795730788,
      verifiedAt: '2026-11-27T23:00:00.000Z',
      verdict: 'proven',
    },
    backups: [good, unknown],
    more: true,
    sources: [{ name: 'ledger', answered: true }],
  };
  const screen = (columns?: number) =>
    Object.assign(written().output.stdout, columns === undefined ? {} : { isTTY: true, columns });

  test('In a pipe each backup is one line of columns with tabs, and - stands for what is not known', () => {
    assert.deepEqual(listLines(found, screen()), [
      'Newest usable backup of production: 1795817188, 1 h 00 min ago (2026-11-27T22:56:29Z); newest verified: 1795730788, 1 h 00 min ago (2026-11-27T22:56:29Z).',
      'ID\tSTATE\tCREATED\tTOOK\tPAUSED\tCOMPONENTS\tVERSION\tSIZE\tVERIFIED\tREASON',
      '1795817188\tCOMPLETED\t2026-11-27T22:56:29Z\t4 min 10 s\t41 s\t4/4\t8.8.0\t12.3 MB\tin part\tschedule nightly',
      '7\tUNKNOWN\t-\t-\t-\t3/4\t-\t-\t-\twhether by this ledger is not known. Zeebe could not be asked',
    ]);
  });

  test('On a terminal the columns are aligned, and the text in the last one is folded', () => {
    const lines = listLines(found, screen(150)).map(stripVTControlCharacters);
    const text = lines.join('\n').split('\n').slice(1);
    const margin = text[1]?.indexOf('schedule nightly') ?? 0;
    assert.deepEqual(text, [
      '        ID  STATE      CREATED                     TOOK  PAUSED  COMPONENTS  VERSION     SIZE  VERIFIED  REASON',
      '1795817188  COMPLETED  2026-11-27T22:56:29Z  4 min 10 s    41 s  4/4         8.8.0    12.3 MB  in part   schedule nightly',
      `         7  UNKNOWN                                              3/4                                     whether by this ledger is not known. Zeebe`,
      `${' '.repeat(margin)}could not be asked`,
      'There are older ones: --limit shows more.',
    ]);
  });

  test('A row that is wider than the terminal goes into two lines of whole columns, without blanks at their ends', () => {
    const lines = listLines(found, screen(80)).map(stripVTControlCharacters).join('\n').split('\n');
    assert.deepEqual(lines.slice(1, -1), [
      '        ID  STATE      CREATED                     TOOK  PAUSED  COMPONENTS',
      '  VERSION     SIZE  VERIFIED  REASON',
      '1795817188  COMPLETED  2026-11-27T22:56:29Z  4 min 10 s    41 s  4/4',
      '  8.8.0    12.3 MB  in part   schedule nightly',
      '         7  UNKNOWN                                              3/4',
      '                              whether by this ledger is not known. Zeebe could',
      '                              not be asked',
    ]);
  });

  test('Full stops at the end of a reason and of a problem are not doubled', () => {
    const failed: ListedBackup = {
      ...good,
      state: 'FAILED',
      reason: 'before the change.',
      problem: 'It ended.',
    };
    const lines = listLines({ ...found, backups: [failed] }, screen());
    assert.match(lines[2] ?? '', /\tbefore the change\. It ended$/);
  });

  test('A complete backup that another tool made is not green like one of this ledger', () => {
    const colours = (madeBy: ListedBackup['madeBy']) => colourOf({ ...good, madeBy });
    assert.deepEqual(
      [colours('ledger'), colours('elsewhere'), colours('unknown')],
      ['green', 'yellow', 'yellow'],
    );
  });

  test('A short reason stays in its row where there is room for it', () => {
    const short = { ...found, backups: [good] };
    const lines = listLines(short, screen(122)).map(stripVTControlCharacters);
    assert.match(lines[2] ?? '', /in part {3}schedule nightly$/);
  });
});

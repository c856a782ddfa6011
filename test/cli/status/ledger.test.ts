import assert from 'node:assert/strict';
import { rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, it } from '@jest/globals';
import { status } from '../../../cli/status/status.ts';
import { config as schema } from '../../../core/config/schema.ts';
import { folderStore } from '../../../core/ledger/store/folder.ts';
import { commands } from '../../../deployment/commands.ts';
import { pauseOf } from '../../core/backup/world.ts';
import { failureOf, typed } from '../../core/fakes.ts';
import { written } from '../../support/written.ts';
import { bench, clock, elsewhere, failed, gone, lock, manifest, paused } from './world.ts';

describe('`status` of what the ledger says', () => {
  it('`status` is ok with a completed backup, and shows it', async () => {
    const { books, look, seen } = await bench();
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    const { code, text } = await look();
    assert.equal(code, 0);
    assert.match(
      text,
      /^production\n {2}status +ok\n {2}run +none at work\n {2}exporting +not paused by a backup; the cluster was not asked \(--offline\)\n {2}last completed +7, 4 h 00 min ago \(2026-11-21T08:00:00\.000Z\), took 4 min 10 s, exporting was paused for 41 s\n +\/.*manifest\.json\n {2}rpo +4 h 00 min by the newest usable backup \(7\)\n +not known by a verified backup: there is none\n {2}last failed +none\n {2}addresses +ZEEBE +http:\/\/zeebe:9600\n +BROKER +http:\/\/zeebe:9600\n$/,
    );
    const { lastCompleted } = await seen();
    assert.equal(lastCompleted?.ageSeconds, 4 * 3600);
    assert.equal(lastCompleted?.pausedSeconds, 41);
  });

  it('`status` shows what can be recovered: the newest usable backup, and the newest verified one', async () => {
    const { books, look, seen } = await bench();
    for (const [id, hours] of [
      [6, '06'],
      [7, '07'],
      [8, '08'],
      [9, '09'],
    ] as const) {
      await books.createManifest(manifest(id, `2026-11-21T${hours}:00:00.000Z`));
    }
    const verified = { format: 1, cluster: 'production', verifiedAt: '2026-11-21T11:00:00.000Z' } as const;
    const nothing = { required: [], judgements: [] };
    for (const [backupId, verdict] of [
      [9, 'wrong'],
      [8, 'unknown'],
      [6, 'inPart'],
    ] as const) {
      await books.writeVerification({ ...verified, ...nothing, backupId, verdict });
    }
    const { recoveryPoints, lastCompleted } = await seen();
    assert.equal(lastCompleted?.backupId, 9);
    assert.deepEqual(recoveryPoints, {
      usable: { backupId: 8, startedAt: '2026-11-21T08:00:00.000Z', ageSeconds: 4 * 3600 },
      verified: {
        backupId: 6,
        startedAt: '2026-11-21T06:00:00.000Z',
        ageSeconds: 6 * 3600,
        verifiedAt: '2026-11-21T11:00:00.000Z',
        verdict: 'inPart',
      },
    });
    assert.match(
      (await look()).text,
      /rpo +4 h 00 min by the newest usable backup \(8\)\n +6 h 00 min by the newest verified backup \(6\)\n/,
    );
  });

  it('`status` is not ok if every completed backup is damaged, and names the newest of them and the next command', async () => {
    const { books, seen } = await bench();
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    const common = { format: 1, cluster: 'production', backupId: 7, verdict: 'wrong' } as const;
    const verified = { ...common, required: [], judgements: [] };
    await books.writeVerification({ ...verified, verifiedAt: '2026-11-21T08:02:00.000Z' });
    // That was while it was being taken.
    assert.deepEqual((await seen()).problems, []);
    await books.writeVerification({ ...verified, verifiedAt: '2026-11-21T09:00:00.000Z' });
    const { ok, problems } = await seen();
    assert.equal(ok, false);
    assert.deepEqual(problems, [
      'no completed backup is usable: the last verification of backup 7 found it damaged. See what is wrong: camunda-backup show --cluster production 7; then make a new backup',
    ]);
  });

  it('`status` is not ok without a completed backup, and says what failed last', async () => {
    const { books, look } = await bench();
    await books.createManifest(manifest(5, '2026-11-20T08:00:00.000Z', failed));
    await books.createManifest(manifest(6, '2026-11-21T08:00:00.000Z', { state: 'RUNNING' }));
    const { code, text } = await look();
    assert.equal(code, 1);
    assert.match(text, /status +NOT OK: there is no completed backup/);
    assert.match(
      text,
      /last failed +5, 27 h 55 min ago .*\n +ComponentTimedOut: Operate did not end within 24 h\n +What to do: Look at its log\./,
    );
  });

  it('`status` does not take a ledger that is missing, or has nothing of the cluster, for one without backups', async () => {
    const { folder, look, seen } = await bench();
    const [problem = ''] = (await seen()).problems;
    assert.match(
      problem,
      /^The ledger .* has no record of production: no backup .* or you mean another ledger/,
    );
    await rm(folder, { recursive: true });
    const { code, text } = await look();
    assert.equal(code, 1);
    assert.match(text, /status +NOT OK: The ledger .* does not exist yet: /);
  });

  it('`status` breaks its lines between words on a narrow terminal, and breaks no command', async () => {
    const { books, config } = await bench();
    await books.acquire(lock({ ...paused, owner: { kind: 'process', host: 'elsewhere', pid: 1 } }));
    const screen = written();
    Object.assign(screen.output.stdout, { isTTY: true, columns: 50 });
    const at = commands({ program: 'npx camunda-backup', file: 'a-file-with-a-long-name.yaml' });
    await status({
      config,
      commands: at,
      offline: true,
      json: false,
      host: { output: screen.output, env: {} },
      clock,
    });
    const lines = stripVTControlCharacters(screen.stdout()).trimEnd().split('\n');
    const command = lines.filter((line) => line.endsWith(at.repair('production', { force: true })));
    assert.equal(command.length, 1, lines.join('\n'));
    const broken = lines.filter(
      (line) => line.length > 50 && !command.includes(line) && / .* /.test(line.trim()),
    );
    assert.deepEqual(broken, []);
    const further = lines.slice(1).filter((line) => !/^ {2}\S/.test(line));
    assert.ok(further.length > 3 && further.every((line) => /^ {18}\S/.test(line)), lines.join('\n'));
  });

  it('`status` measures the age of the last completed backup by the configuration', async () => {
    for (const { maxAge, problems } of [
      { maxAge: '4h', problems: [] },
      { maxAge: '3h', problems: ['the last completed backup is older than 3 h 00 min'] },
    ]) {
      const { books, seen } = await bench({ maxAge });
      await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
      await books.createManifest(manifest(8, '2026-11-21T11:00:00.000Z', failed));
      const { problems: found, lastCompleted } = await seen();
      assert.deepEqual(found, problems);
      assert.equal(lastCompleted?.backupId, 7);
    }
  });

  it('`status` counts `maxAge` from the end of a backup, so that a long one is not too old at once', async () => {
    const { books, seen } = await bench({ maxAge: '3h' });
    await books.createManifest(
      manifest(7, '2026-11-21T08:00:00.000Z', { endedAt: '2026-11-21T10:00:00.000Z' }),
    );
    const { problems, lastCompleted } = await seen();
    assert.deepEqual(problems, []);
    assert.equal(lastCompleted?.ageSeconds, 4 * 3600);
  });

  it('`status` shows a run at work, and its pause is no problem until it lasts too long', async () => {
    const { books, look, seen } = await bench();
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    await books.acquire(lock(paused));
    const { code, text } = await look();
    assert.equal(code, 0);
    assert.match(
      text,
      /run +at work: backup 9 \(manual\), by process \d+ on .*, since 2026-11-21T11:58:00.000Z \(2 min 00 s\)/,
    );
    assert.match(text, /exporting +PAUSED on its behalf for 1 min 00 s, since 2026-11-21T11:59:00.000Z/);
    await books.changeLock('production', 'local-run', pauseOf({ requestedAt: '2026-11-21T05:59:00.000Z' }));
    assert.deepEqual((await seen()).problems, ['exporting has been paused for longer than 6 h 00 min']);
  });

  it('`status` shows a dead lock and the command that repairs it, and a pause of it is a problem', async () => {
    const { books, look, seen } = await bench();
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    await books.acquire(lock({ owner: gone }));
    const quiet = await look();
    assert.equal(quiet.code, 0);
    assert.match(
      quiet.text,
      /run +DEAD, and its lock is left: .*\n +repair: camunda-backup repair --cluster production\n/,
    );
    await books.changeLock('production', 'local-run', paused);
    const { problems, run, exporting } = await seen();
    assert.deepEqual(problems, ['exporting is left paused']);
    assert.equal(run?.repair, 'camunda-backup repair --cluster production');
    const { since, seconds } = exporting;
    assert.deepEqual([exporting.paused, since, seconds], [true, paused.pause.requestedAt, 60]);
    await books.changeLock('production', 'local-run', pauseOf({ resumedAt: '2026-11-21T11:59:30.000Z' }));
    assert.equal((await seen()).exporting.paused, false);
  });

  it('`status` does not judge a run on another host without a heartbeat', async () => {
    const { books, seen } = await bench();
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    await books.acquire(lock({ owner: elsewhere, ...paused }));
    const { ok, run } = await seen();
    assert.equal(ok, true);
    assert.equal(run?.state, 'unknown');
    assert.match(run?.repair ?? '', /--force$/);
  });

  it('`status` judges a run on another host by its heartbeat', async () => {
    const { books, seen, folder } = await bench();
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    await books.acquire(lock({ owner: elsewhere, ...paused }));
    const beatAt = '2026-11-21T11:59:00.000Z';
    await books.beat({ format: 1, cluster: 'production', runId: 'local-run', beatAt }, { first: true });
    assert.equal((await seen()).run?.state, 'running');
    const file = join(folder, 'production', 'heartbeat.json');
    const then = (await stat(file)).mtimeMs / 1000 - 901;
    await utimes(file, then, then);
    const { ok, run, problems } = await seen();
    assert.deepEqual([ok, run?.state, problems], [false, 'dead', ['exporting is left paused']]);
    assert.match(run?.repair ?? '', / repair/);
    assert.doesNotMatch(run?.repair ?? '', /--force/);
  });

  it('`status` finds an old completed backup behind many failed ones', async () => {
    const { books, seen } = await bench();
    await books.createManifest(manifest(1, '2026-10-01T08:00:00.000Z'));
    for (let id = 2; id < 42; id++) {
      await books.createManifest(manifest(id, '2026-11-01T08:00:00.000Z', failed));
    }
    const { lastCompleted, lastFailed } = await seen();
    assert.equal(lastCompleted?.backupId, 1);
    assert.equal(lastFailed?.backupId, 41);
  });

  it('`status` finds what failed last behind completed ones, but not behind any number of them', async () => {
    const { books, seen } = await bench();
    await books.createManifest(manifest(1, '2026-10-01T08:00:00.000Z', failed));
    for (let id = 2; id < 22; id++) await books.createManifest(manifest(id, '2026-11-21T08:00:00.000Z'));
    assert.equal((await seen()).lastFailed?.backupId, 1);
    for (let id = 22; id < 42; id++) await books.createManifest(manifest(id, '2026-11-21T08:00:00.000Z'));
    assert.equal((await seen()).lastFailed, null);
  });

  it('`status` says that a manifest cannot be read, and shows the others', async () => {
    const { config, seen, books } = await bench();
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    await folderStore(config.ledger.folder ?? '').write('production/backups/8/manifest.json', '{}');
    const { problems, lastCompleted } = await seen();
    assert.equal(lastCompleted?.backupId, 7);
    assert.match(problems.join(), /8\/manifest\.json is not a document of this version/);
  });

  it('`status` looks at every cluster, or at the one that is named', async () => {
    const { config, books } = await bench();
    const zeebe = { url: 'http://zeebe:9600' };
    const two = schema.parse({
      ledger: config.ledger,
      clusters: { production: { zeebe }, staging: { zeebe } },
    });
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    const look = async (cluster?: string) => {
      const screen = written();
      const named = cluster === undefined ? {} : { cluster };
      const code = await status({
        config: two,
        commands: typed,
        offline: true,
        json: false,
        host: { output: screen.output, env: {} },
        clock,
        ...named,
      });
      return { code, text: screen.stdout() };
    };
    const both = await look();
    assert.equal(both.code, 1);
    assert.match(both.text, /^production\n[\s\S]*\n\nstaging\n/);
    const one = await look('production');
    assert.equal(one.code, 0);
    assert.doesNotMatch(one.text, /staging/);
    assert.match((await failureOf(look('nobody'))).message, /There is no cluster nobody/);
  });
});

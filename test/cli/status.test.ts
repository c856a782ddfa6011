import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, it } from '@jest/globals';
import { configOfStack, statusOfStack } from '../../cli/stack/status.ts';
import { type StatusResult, status } from '../../cli/status.ts';
import { commands } from '../../core/commands.ts';
import { config as schema } from '../../core/config.ts';
import { folderStore } from '../../core/ledger/folder-store.ts';
import { ledger } from '../../core/ledger/ledger.ts';
import type { Lock } from '../../core/ledger/lock.ts';
import type { Manifest } from '../../core/ledger/manifest.ts';
import { thisProcess } from '../../core/ledger/owner.ts';
import { failureOf, TestClock, typed } from '../core/fakes.ts';
import { memoryStore } from '../core/memory-store.ts';
import { cleanUp } from '../support/clean-up.ts';
import { written } from '../support/written.ts';
import { fakeAws, recorded } from './stack/fakes.ts';

const clock = new TestClock('2026-11-21T12:00:00.000Z');

function manifest(backupId: number, startedAt: string, rest: Partial<Manifest> = {}): Manifest {
  return {
    format: 1,
    backupId,
    cluster: 'production',
    runId: `run-${backupId}`,
    reason: 'manual',
    state: 'COMPLETED',
    startedAt,
    endedAt: new Date(Date.parse(startedAt) + 250_000).toISOString(),
    order: 'PAUSE_FIRST',
    expectedComponents: ['zeebe'],
    components: [],
    exporting: {
      pausedAt: startedAt,
      resumedAt: new Date(Date.parse(startedAt) + 41_000).toISOString(),
      leftPaused: false,
    },
    warnings: [],
    ...rest,
  };
}

function lock(rest: Partial<Lock> = {}): Lock {
  return {
    format: 1,
    cluster: 'production',
    runId: 'local-run',
    owner: thisProcess(),
    reason: 'manual',
    acquiredAt: '2026-11-21T11:58:00.000Z',
    backupId: 9,
    ...rest,
  };
}

/** A process of this host that has ended. */
const gone: Lock['owner'] = { ...thisProcess(), pid: 2 ** 30 };
const elsewhere: Lock['owner'] = { kind: 'process', host: 'another-host', pid: 1 };
const paused = { pauseRequestedAt: '2026-11-21T11:59:00.000Z' };
const failed = {
  state: 'FAILED' as const,
  failure: {
    error: 'ComponentTimedOut',
    message: 'Operate did not end within 24 h',
    remedy: 'Look at its log.',
  },
};

/** A ledger in a folder, and what `status` says of it. */
async function bench(production: Record<string, unknown> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-test-'));
  cleanUp(() => rm(folder, { recursive: true, force: true }));
  const zeebe = { url: 'http://zeebe:9600' };
  const config = schema.parse({ ledger: { folder }, clusters: { production: { zeebe, ...production } } });
  return {
    folder,
    books: ledger(folderStore(folder)),
    config,
    async look(options: { json?: boolean; cluster?: string } = {}) {
      const screen = written();
      const code = await status({
        config,
        commands: typed,
        offline: true,
        json: false,
        host: { output: screen.output, env: {} },
        clock,
        ...options,
      });
      return { code, text: screen.stdout(), json: screen.json };
    },
    async seen() {
      const screen = written();
      const code = await status({
        offline: true,
        config,
        commands: typed,
        json: true,
        host: { output: screen.output, env: {} },
        clock,
      });
      const { format, ok, clusters, failure } = screen.json() as StatusResult & { format: number };
      assert.deepEqual([format, failure], [1, null]);
      assert.equal(code, ok ? 0 : 1);
      const [only] = clusters;
      assert(only);
      return only;
    },
  };
}

describe('camunda-backup status', () => {
  it('is ok with a completed backup, and shows it', async () => {
    const { books, look, seen } = await bench();
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    const { code, text } = await look();
    assert.equal(code, 0);
    assert.match(
      text,
      /^production\n {2}status +ok\n {2}run +none at work\n {2}exporting +not paused by a backup; the cluster was not asked \(--offline\)\n {2}last completed +7, 4 h 00 min ago \(2026-11-21T08:00:00\.000Z\), took 4 min 10 s, exporting was paused for 41 s\n +\/.*manifest\.json\n {2}last failed +none\n {2}addresses +ZEEBE +http:\/\/zeebe:9600\n +BROKER +http:\/\/zeebe:9600\n$/,
    );
    const { lastCompleted } = await seen();
    assert.equal(lastCompleted?.ageSeconds, 4 * 3600);
    assert.equal(lastCompleted?.pausedSeconds, 41);
  });

  it('is not ok without a completed backup, and says what failed last', async () => {
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

  it('does not take a ledger that has nothing of the cluster, or that does not exist, for one without backups', async () => {
    const { folder, look, seen } = await bench();
    const [problem = ''] = (await seen()).problems;
    assert.match(problem, /^The ledger .* has nothing of production: no backup .* or it is another one/);
    await rm(folder, { recursive: true });
    const { code, text } = await look();
    assert.equal(code, 1);
    assert.match(text, /status +NOT OK: The ledger .* does not exist yet: /);
  });

  it('breaks its lines between words on a narrow terminal, and no command', async () => {
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

  it('measures the age of the last completed backup by the configuration', async () => {
    for (const [maxAge, problems] of [
      ['4h', []],
      ['3h', ['the last completed backup is older than 3 h 00 min']],
    ] as const) {
      const { books, seen } = await bench({ maxAge });
      await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
      await books.createManifest(manifest(8, '2026-11-21T11:00:00.000Z', failed));
      const { problems: found, lastCompleted } = await seen();
      assert.deepEqual(found, problems);
      assert.equal(lastCompleted?.backupId, 7);
    }
  });

  it('shows a run at work; its pause is no problem until it lasts too long', async () => {
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
    await books.changeLock('production', 'local-run', { pauseRequestedAt: '2026-11-21T05:59:00.000Z' });
    assert.deepEqual((await seen()).problems, ['exporting is paused for longer than 6 h 00 min']);
  });

  it('shows a dead lock and the command that repairs it; a pause of it is a problem', async () => {
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
    assert.deepEqual([exporting.paused, since, seconds], [true, paused.pauseRequestedAt, 60]);
    await books.changeLock('production', 'local-run', { resumedAt: '2026-11-21T11:59:30.000Z' });
    assert.equal((await seen()).exporting.paused, false);
  });

  it('does not judge a run on another host', async () => {
    const { books, seen } = await bench();
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    await books.acquire(lock({ owner: elsewhere, ...paused }));
    const { ok, run } = await seen();
    assert.equal(ok, true);
    assert.equal(run?.state, 'unknown');
    assert.match(run?.repair ?? '', /--force$/);
  });

  it('judges a run on another host by its heartbeat', async () => {
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

  it('finds an old completed backup behind many failed ones', async () => {
    const { books, seen } = await bench();
    await books.createManifest(manifest(1, '2026-10-01T08:00:00.000Z'));
    for (let id = 2; id < 42; id++) {
      await books.createManifest(manifest(id, '2026-11-01T08:00:00.000Z', failed));
    }
    const { lastCompleted, lastFailed } = await seen();
    assert.equal(lastCompleted?.backupId, 1);
    assert.equal(lastFailed?.backupId, 41);
  });

  it('finds what failed last behind completed ones, not for ever', async () => {
    const { books, seen } = await bench();
    await books.createManifest(manifest(1, '2026-10-01T08:00:00.000Z', failed));
    for (let id = 2; id < 22; id++) await books.createManifest(manifest(id, '2026-11-21T08:00:00.000Z'));
    assert.equal((await seen()).lastFailed?.backupId, 1);
    for (let id = 22; id < 42; id++) await books.createManifest(manifest(id, '2026-11-21T08:00:00.000Z'));
    assert.equal((await seen()).lastFailed, null);
  });

  it('says that a manifest cannot be read, and shows the others', async () => {
    const { config, seen, books } = await bench();
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    await folderStore(config.ledger.folder ?? '').write('production/backups/8/manifest.json', '{}');
    const { problems, lastCompleted } = await seen();
    assert.equal(lastCompleted?.backupId, 7);
    assert.match(problems.join(), /8\/manifest\.json is not a document of this version/);
  });

  it('looks at every cluster, or at the one that is named', async () => {
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

describe('camunda-backup status, of what cannot be read or believed', () => {
  const unreadable = JSON.stringify(lock(paused)).replace('"backupId":9', '"backupId":20260101120000124');

  it('says that a lock cannot be read and how to free it, and shows everything else of the cluster', async () => {
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

  it('hides no cluster behind another one', async () => {
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

  it('shows who holds the lock that a newer version has written more into, and finds nothing wrong in it', async () => {
    const { config, books, seen } = await bench();
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    const newer = { ...lock({ ...paused, owner: elsewhere }), aFieldOfTheNextVersion: true };
    await folderStore(config.ledger.folder ?? '').write('production/lock.json', JSON.stringify(newer));
    const { ok, run, exporting } = await seen();
    assert.equal(ok, true);
    assert.deepEqual([run?.state, run?.backupId, exporting.paused], ['unknown', 9, true]);
  });

  it('does not say that there is no completed backup where some cannot be read', async () => {
    const { config, seen } = await bench();
    await folderStore(config.ledger.folder ?? '').write('production/backups/8/manifest.json', '{}');
    const { problems } = await seen();
    assert.equal(problems[0], 'there is no completed backup among those that can be read');
    assert.match(problems[1] ?? '', /8\/manifest\.json is not a document/);
  });

  it('does not take a backup that is dated in the future for a recent one', async () => {
    const { books, look, seen } = await bench({ maxAge: '26h' });
    await books.createManifest(manifest(7, '2027-11-21T12:00:00.000Z'));
    const { ok, problems, lastCompleted } = await seen();
    assert.equal(ok, false);
    assert.deepEqual(problems, [
      'the last completed backup is dated 8760 h 00 min in the future: a clock is wrong, or was, and how old it is is not known',
    ]);
    assert.equal(lastCompleted?.ageSeconds, -365 * 24 * 3600);
    assert.match((await look()).text, /last completed +7, 8760 h 00 min in the future \(2027-/);
  });

  it('forgives clocks that differ by a minute', async () => {
    const { books, look } = await bench({ maxAge: '26h' });
    await books.createManifest(manifest(7, '2026-11-21T12:01:00.000Z'));
    const { code, text } = await look();
    assert.equal(code, 0);
    assert.match(text, /status +ok/);
  });

  it('does not take a pause that is dated in the future for a short one', async () => {
    const { books, seen } = await bench();
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    await books.acquire(lock({ pauseRequestedAt: '2026-11-21T13:00:00.000Z' }));
    assert.deepEqual((await seen()).problems, [
      'exporting is paused since a moment in the future (2026-11-21T13:00:00.000Z): a clock is wrong',
    ]);
  });
});

describe('camunda-backup status --stack', () => {
  const arn = 'arn:aws:states:us-east-1:000000000000:execution:camunda-backup:mine';
  const at = { program: 'camunda-backup' };

  async function onStack(
    change: (books: ReturnType<typeof ledger>) => Promise<unknown>,
    running: string[] = [],
  ) {
    const aws = fakeAws(recorded('busy'));
    aws.outputs['StartBackupProduction'] = `aws … --input '{"cluster":"production","reason":"manual"}'`;
    aws.newest = ['one', 'two', 'three', 'four', 'five', 'six'];
    aws.running = running;
    const books = ledger(memoryStore());
    await change(books);
    const look = async (json: boolean) => {
      const screen = written();
      const options = {
        stack: 'camunda-backup',
        offline: true,
        at,
        aws,
        openLedger: () => books,
        clock,
        env: {},
      };
      const code = await statusOfStack({ ...options, json, output: screen.output });
      return { code, text: screen.stdout(), json: screen.json };
    };
    const { text } = await look(false);
    const { code, json } = await look(true);
    return { text, code, json };
  }

  it('shows the ledger of the bucket, the newest executions and the dashboard', async () => {
    const { code, text, json } = await onStack((books) =>
      books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z')),
    );
    assert.equal(code, 0);
    assert.match(text, /^production\n {2}status +ok\n/);
    assert.match(text, /stack camunda-backup\n {2}dashboard +https:\/\/us-east-1\.console/);
    assert.match(
      text,
      /SUCCEEDED +2026-11-21T08:00:00\.000Z {2}1 min 30 s +one\n +https:.*execution:camunda-backup:one/,
    );
    const { stack } = json() as { stack: { executions: { name: string }[]; dashboardUrl: string } };
    assert.deepEqual(
      stack.executions.map(({ name }) => name),
      ['one', 'two', 'three', 'four', 'five'],
    );
  });

  it('asks Step Functions whether the owner of the lock lives', async () => {
    const held = async (books: ReturnType<typeof ledger>) => {
      await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
      await books.acquire(lock({ owner: { kind: 'execution', arn }, runId: arn, ...paused }));
    };
    const alive = await onStack(held, ['mine']);
    assert.equal(alive.code, 0);
    assert.match(alive.text, /run +at work: backup 9 .*\n +https:.*details\/arn:aws:states.*:mine\n/);
    const dead = await onStack(held);
    assert.equal(dead.code, 1);
    assert.match(dead.text, /NOT OK: exporting is left paused/);
    assert.match(
      dead.text,
      /repair: the watchdog does it within five minutes; or camunda-backup repair --cluster production --force/,
    );
  });

  it('takes the limits of the configuration, where it is that of the stack', async () => {
    const { config } = await bench();
    const folder = config.ledger.folder ?? '';
    const file = join(folder, 'camunda-backup.yaml');
    assert.equal(await configOfStack(file, '.', 'camunda-backup'), undefined);
    const clusters = { production: { zeebe: { url: 'http://zeebe:9600' }, maxAge: '3h' } };
    await writeFile(file, JSON.stringify({ ledger: { folder }, clusters }));
    assert.equal(await configOfStack(file, '.', 'another'), undefined);
    const found = await configOfStack(file, '.', 'camunda-backup');
    assert(found);
    const books = ledger(memoryStore());
    await books.createManifest(manifest(7, '2026-11-21T08:00:00.000Z'));
    const screen = written();
    const aws = fakeAws(recorded('busy'));
    const options = {
      stack: 'camunda-backup',
      at,
      offline: true,
      json: false,
      output: screen.output,
      env: {},
      openLedger: () => books,
    };
    assert.equal(await statusOfStack({ ...options, aws, clock, config: found }), 1);
    assert.match(screen.stdout(), /older than 3 h 00 min/);
  });
});

import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import * as z from 'zod';
import type { Manifest } from '../../core/ledger/manifest.ts';
import type { Ended } from '../support/command.ts';
import { shortWaits } from '../support/waits.ts';
import { assertCode, type Bench, bench, foreignLock, goneProcess, until } from './harness.ts';

const repairResult = z.strictObject({
  format: z.literal(1),
  cluster: z.literal('test'),
  dryRun: z.boolean(),
  ok: z.boolean(),
  lock: z
    .strictObject({
      repaired: z.boolean(),
      runId: z.string().nullable(),
      owner: z.string().nullable(),
      backupId: z.number().nullable(),
      exporting: z.enum(['not-paused', 'answered', 'proven', 'unknown']),
      copy: z.null(),
    })
    .nullable(),
  orphans: z.array(z.strictObject({ backupId: z.number(), runId: z.string(), startedAt: z.string() })),
  leftovers: z.array(
    z.strictObject({
      component: z.string(),
      backupId: z.number(),
      state: z.string(),
      kind: z.enum(['ours', 'unproven', 'complete', 'foreign', 'unknown']),
      why: z.string(),
      whatToDo: z.string(),
      deleted: z.boolean(),
    }),
  ),
  unknown: z.array(z.string()),
  exporting: z.strictObject({
    state: z.enum(['EXPORTING', 'PAUSED', 'UNKNOWN']).nullable(),
    pause: z.enum(['explained', 'unexplained', 'unknown']).nullable(),
    replicas: z.array(z.strictObject({ partition: z.number(), phase: z.string(), address: z.string() })),
    together: z.strictObject({ phase: z.string(), address: z.string() }).nullable(),
    unknown: z.array(z.string()),
    resumed: z.enum(['proven', 'answered']).nullable(),
    record: z.string().nullable(),
  }),
  problems: z.array(
    z.strictObject({ error: z.string(), message: z.string(), remedy: z.string().optional() }),
  ),
});

/** All of stdout: everything else has to be on stderr. */
const resultOf = ({ stdout }: Ended) => repairResult.parse(JSON.parse(stdout));

const names = ['zeebe', 'webApplications', 'optimize', 'records'] as const;
const idsIn = (on: Bench) => names.map((name) => on.simulator.backupIds(name));
const changes = (on: Bench) => on.simulator.calls().filter(({ method }) => method !== 'GET');
const deletes = (on: Bench) => changes(on).filter(({ method }) => method === 'DELETE');

function orphan(backupId: number, rest: Partial<Manifest> = {}): Manifest {
  return {
    format: 1,
    cluster: 'test',
    backupId,
    runId: 'local-lost',
    reason: 'test',
    state: 'RUNNING',
    startedAt: '2026-11-21T09:00:00.000Z',
    order: 'PAUSE_FIRST',
    expectedComponents: ['zeebe'],
    components: [],
    exporting: { leftPaused: false },
    warnings: [],
    ...rest,
  };
}

/** A backup that failed in Zeebe, after everything else was taken. */
async function failedBackup(on: Bench, id: number) {
  on.simulator.order({ component: 'zeebe', kind: { failed: { reason: 'disk full' } } });
  assertCode(await on.run('--id', `${id}`).ended, 1);
  assert.deepEqual(
    idsIn(on).map((ids) => ids.includes(id)),
    [true, true, true, true],
  );
}

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

describe('repair', () => {
  describe('of a manifest that is RUNNING without its run', () => {
    test('where there is no lock: it is marked FAILED, once', async () => {
      const on = await bench();
      await on.ledger.createManifest(orphan(41));
      await on.ledger.createManifest(orphan(42, { state: 'COMPLETED' }));
      const first = await on.repair().ended;
      assertCode(first, 0);
      assert.match(first.stdout, /There is no lock of test/);
      assert.match(
        first.stdout,
        /The backup 41 \(local-lost, since .*\) was RUNNING and no lock belongs to it: it is marked FAILED\./,
      );
      const left = await on.ledger.readManifest('test', 41);
      assert.equal(left?.state, 'FAILED');
      assert.equal(left.failure?.error, 'Abandoned');
      assert.deepEqual(await on.ledger.readManifest('test', 42), orphan(42, { state: 'COMPLETED' }));

      const second = await on.repair('--json').ended;
      assertCode(second, 0);
      assert.deepEqual(resultOf(second).orphans, []);
      assert.deepEqual(await on.ledger.readManifest('test', 41), left);
    });

    test('where another run holds the lock: it is marked FAILED, and that run is left alone', async () => {
      const on = await bench({ durations: { webApplications: 60 } });
      await on.ledger.createManifest(orphan(41));
      const running = on.run('--id', '50');
      await on.asked('webApplications.check');
      const repair = await on.repair('--json').ended;
      assertCode(repair, 3);
      const { ok, lock, orphans, leftovers, problems } = resultOf(repair);
      assert.equal(ok, false);
      assert.deepEqual([lock?.repaired, lock?.backupId], [false, 50]);
      assert.deepEqual(
        orphans.map(({ backupId }) => backupId),
        [41],
      );
      assert.deepEqual(leftovers, []);
      assert.deepEqual(
        problems.map(({ error }) => error),
        ['LockHeld'],
      );
      assert.match(repair.stderr, /Wait for it/);
      assert.equal((await on.ledger.readManifest('test', 41))?.state, 'FAILED');
      assert.equal((await on.ledger.readManifest('test', 50))?.state, 'RUNNING');
      assert.notEqual(on.simulator.pausedSince(), undefined);
      running.kill('SIGTERM');
      assertCode(await running.ended, 130);
      await on.assertAllIsWell();
    });
  });

  describe('of what a failed backup left in the components', () => {
    test('shows it, and deletes it only when that is asked for twice', async () => {
      const on = await bench();
      await failedBackup(on, 61);
      const before = changes(on).length;

      const shown = await on.repair().ended;
      assertCode(shown, 0);
      assert.match(
        shown.stdout,
        /61 {2}Zeebe {2}FAILED: a part is left, and its backup FAILED \(ComponentBackupFailed\)/,
      );
      assert.match(shown.stdout, /61 {2}Optimize {2}COMPLETED: a part is left/);
      assert.match(shown.stdout, /main\.js repair --delete-leftovers/);
      assert.equal(changes(on).length, before);

      const asked = on.simulator.calls().length;
      const once = await on.repair('--delete-leftovers').ended;
      assertCode(once, 2);
      assert.match(once.stderr, /there is no terminal to ask on[\s\S]*--dry-run; then add --yes/);
      assert.equal(on.simulator.calls().length, asked, 'it was to touch nothing');

      const twice = await on.repair('--delete-leftovers', '--yes', '--json').ended;
      assertCode(twice, 0);
      assert.deepEqual(
        resultOf(twice).leftovers.map(({ component, backupId, deleted }) => [component, backupId, deleted]),
        names.map((name) => [name, 61, true]),
      );
      assert.equal(deletes(on).length, 4);
      await until('all are deleted', () => idsIn(on).flat().length === 0);
      assert.equal((await on.manifest()).state, 'FAILED');
      assert.match(
        (await on.repair().ended).stdout,
        /Nothing is left over in Zeebe, Web applications, Optimize/,
      );
    });

    test('ends the backup of an interrupted run that is in the way of the next one, which names the command', async () => {
      const on = await bench({ camunda: '8.7', waits: shortWaits });
      on.simulator.order({ component: 'operate', kind: 'neverEnds' });
      const interrupted = on.run('--id', '61');
      await on.asked('operate.check');
      interrupted.kill('SIGINT');
      assertCode(await interrupted.ended, 130);

      const next = await on.run('--id', '62').ended;
      assertCode(next, 1);
      assert.match(
        next.stderr,
        /Operate .* is taking the backup 61 \(IN_PROGRESS\), which a run of this ledger has started that is over/,
      );
      assert.match(next.stderr, /If it does not end, delete it: .*repair .*--delete-leftovers/);

      const repaired = await on.repair('--delete-leftovers', '--yes').ended;
      assertCode(repaired, 0);
      assert.match(repaired.stdout, /Deleted: the backup 61 \(.*Operate.*\)\./);
      assert.match(
        repaired.stdout,
        /Where Operate still says after that that another backup is running, restart it/,
      );
      await until('61 is deleted', () => !on.simulator.backupIds('operate').includes(61));
    });

    test('leaves a backup that is COMPLETED as it is', async () => {
      const on = await bench();
      assertCode(await on.run('--id', '61').ended, 0);
      await failedBackup(on, 62);
      const repaired = await on.repair('--delete-leftovers', '--yes').ended;
      assertCode(repaired, 0);
      assert.match(
        repaired.stdout,
        /Deleted: the backup 62 \(Zeebe, Web applications, Optimize, Zeebe records\)\./,
      );
      await until('62 is deleted', () => !idsIn(on).flat().includes(62));
      assert.deepEqual(idsIn(on), [[61], [61], [61], [61]]);
      assert.equal((await on.ledger.readManifest('test', 61))?.state, 'COMPLETED');
    });

    test('leaves what others have made, and has the call that deletes it', async () => {
      const on = await bench();
      await on.ledger.createManifest(orphan(21, { state: 'COMPLETED' }));
      on.simulator.seedBackup('zeebe', 31, 'FAILED');
      on.simulator.seedBackup('webApplications', 31, 'FAILED');
      on.simulator.seedBackup('optimize', 32, 'IN_PROGRESS');
      const before = idsIn(on);
      const repaired = await on.repair('--delete-leftovers', '--yes', '--json').ended;
      assertCode(repaired, 0);
      const { leftovers } = resultOf(repaired);
      assert.deepEqual(
        leftovers.map(({ component, backupId, kind, deleted }) => [component, backupId, kind, deleted]),
        [
          ['zeebe', 31, 'foreign', false],
          ['webApplications', 31, 'foreign', false],
          ['optimize', 32, 'foreign', false],
        ],
      );
      assert.match(repaired.stderr, /There is nothing that may be deleted\./);
      assert.match(leftovers.at(-1)?.whatToDo ?? '', /^Find out who is making it/);
      assert.deepEqual(deletes(on), []);
      assert.deepEqual(idsIn(on), before);

      for (const { whatToDo } of leftovers) {
        const [, url] = /delete it by hand: curl -X DELETE (\S+)$/.exec(whatToDo) ?? [];
        assert((await fetch(url ?? '', { method: 'DELETE' })).ok, whatToDo);
      }
      await until('all are deleted', () => idsIn(on).flat().length === 0);
    });

    test('lists good backups of another ledger apart, without a call that would delete one', async () => {
      const on = await bench();
      await on.ledger.createManifest(orphan(21, { state: 'COMPLETED' }));
      for (const id of [31, 32]) on.simulator.seedBackup('zeebe', id);
      on.simulator.seedBackup('records', 32);
      const repaired = await on.repair('--delete-leftovers', '--yes').ended;
      assertCode(repaired, 0);
      assert.match(
        repaired.stdout,
        /Nothing is left over in .*\nCOMPLETED, and unknown to this ledger \(another ledger.*\):\n {2}31 {2}Zeebe\n {2}32 {2}Zeebe, Zeebe records\n/,
      );
      assert.doesNotMatch(repaired.stdout + repaired.stderr, /curl/);
      assert.deepEqual(deletes(on), []);
      const { leftovers } = resultOf(await on.repair('--json').ended);
      assert.deepEqual(
        leftovers.map(({ backupId, component, kind, state }) => `${backupId} ${component} ${kind} ${state}`),
        ['31 zeebe foreign COMPLETED', '32 zeebe foreign COMPLETED', '32 records foreign COMPLETED'],
      );
    });

    test('deletes the one that keeps Tasklist from listing its backups, and sees that the list is good again', async () => {
      const on = await bench({ camunda: '8.7', components: { search: 'opensearch' } }, (cluster) => ({
        ...cluster,
        attempts: 1,
      }));
      on.simulator.order({ component: 'tasklist', kind: 'partial' });
      assertCode(await on.run('--id', '61').ended, 1);
      const shown = await on.repair('--json').ended;
      assertCode(shown, 1);
      assert.deepEqual(resultOf(shown).unknown, ['tasklist']);
      // It was never seen among the good ones, because the list could not be read.
      on.simulator.seedBackup('tasklist', 31, 'FAILED');

      const deleted = await on.repair('--delete-leftovers', '--yes', '--json').ended;
      assertCode(deleted, 0);
      assert.match(deleted.stderr, /Tasklist: the list of backups can be read again\./);
      const { ok, unknown, problems, leftovers } = resultOf(deleted);
      assert.deepEqual([ok, unknown, problems], [true, [], []]);
      const ofTasklist = leftovers.filter(({ component }) => component === 'tasklist');
      assert.deepEqual(
        ofTasklist.map(({ backupId, kind, deleted }) => [backupId, kind, deleted]),
        [
          [61, 'ours', true],
          [31, 'foreign', false],
        ],
      );
    });

    test('leaves what its run was refused, because it was there before', async () => {
      const on = await bench();
      const running = on.run('--id', '77');
      await on.asked('zeebe.pause');
      on.simulator.seedBackup('zeebe', 77);
      assertCode(await running.ended, 1);
      const { leftovers } = resultOf(await on.repair('--delete-leftovers', '--yes', '--json').ended);
      assert.equal(leftovers.find(({ component }) => component === 'zeebe')?.kind, 'unproven');
      assert.deepEqual(on.simulator.backupIds('zeebe'), [77]);
    });

    test('deletes nothing while a backup is at work', async () => {
      const on = await bench({ durations: { webApplications: 60 } });
      await on.ledger.createManifest(orphan(41, { state: 'FAILED' }));
      await on.ledger.createEntry('test', 41, {
        component: 'optimize',
        runId: 'local-lost',
        state: 'STARTED',
        url: 'http://optimize:8092',
        requestedAt: '2026-11-21T09:00:00.000Z',
      });
      on.simulator.seedBackup('optimize', 41);
      const running = on.run('--id', '50');
      await on.asked('webApplications.check');
      const repair = await on.repair('--delete-leftovers', '--yes').ended;
      assertCode(repair, 3);
      assert.match(repair.stdout, /41 {2}Optimize {2}COMPLETED: a part is left/);
      assert.match(repair.stdout, /Nothing is deleted before the lock is put right\./);
      assert.doesNotMatch(repair.stdout, /\b50 {2}/);
      assert.deepEqual(deletes(on), []);
      running.kill('SIGTERM');
      assertCode(await running.ended, 130);
    });
  });

  describe('that is tried out', () => {
    /** Everything at once: a dead run that has paused, an orphan, leftovers of both, and somebody else's. */
    async function everything(on: Bench) {
      await failedBackup(on, 61);
      await on.ledger.createManifest(orphan(62));
      await on.ledger.createManifest(orphan(63, { runId: 'local-another-run' }));
      for (const [id, runId] of [
        [62, 'local-lost'],
        [63, 'local-another-run'],
      ] as const) {
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
        foreignLock(on, { owner: goneProcess, backupId: 63, pauseRequestedAt: '2026-11-21T09:00:00.000Z' }),
      );
      on.simulator.setExporterPhase('SOFT_PAUSED');
    }

    test('says what would be done, and changes nothing', async () => {
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
        /The run local-another-run \(process \d+ on .*\) would be repaired\. Exporting would be resumed: it may be paused since 2026-11-21T09:00:00\.000Z\. Its backup 63 would be marked FAILED\. The lock would be free\./,
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

    test('beside a run that lives: the same answer as without', async () => {
      const on = await bench();
      const lock = foreignLock(on, { pauseRequestedAt: new Date().toISOString() });
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

  describe('goes on where something fails', () => {
    test('in a component: the lock and the orphans are put right, the others are shown', async () => {
      const on = await bench();
      await on.ledger.acquire(
        foreignLock(on, { owner: goneProcess, pauseRequestedAt: '2026-11-21T09:00:00.000Z' }),
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

    test('in the manifest of a dead run that cannot be read: exporting is resumed, and the lock is free', async () => {
      const on = await bench();
      const lock = foreignLock(on, {
        owner: goneProcess,
        pauseRequestedAt: new Date().toISOString(),
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
        /Whether its backup 41 is complete is not known: its manifest cannot be read, and stays as it is\. The lock/;
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

    test('in a manifest that cannot be read: the others are looked at, and it is said', async () => {
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

    test('in all of them, and at the resume: the last line says what gets worse by itself', async () => {
      const on = await bench();
      await on.ledger.acquire(
        foreignLock(on, { owner: goneProcess, pauseRequestedAt: '2026-11-21T09:00:00.000Z' }),
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

    test('because it is interrupted: what the components have is not known, and nothing is deleted', async () => {
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

  test('of a run that died between its last two steps: its backup stays COMPLETED', async () => {
    const on = await bench();
    await on.ledger.createManifest(orphan(41, { runId: 'local-another-run', state: 'COMPLETED' }));
    await on.ledger.acquire(foreignLock(on, { owner: goneProcess }));
    const repair = await on.repair().ended;
    assertCode(repair, 0);
    assert.match(repair.stdout, /Its backup 41 is COMPLETED and stays so\. The lock is free\./);
    assert.equal((await on.ledger.readManifest('test', 41))?.state, 'COMPLETED');
  });
});

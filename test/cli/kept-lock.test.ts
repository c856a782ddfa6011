import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { thisProcess } from '../../core/ledger/lock/owner.ts';
import { pauseOf } from '../core/backup/world.ts';
import { assertCode, type Bench, bench, foreignLock, goneProcess } from './harness.ts';

/** A command that this process would refuse while the lock is held. */
const advice = /(camunda-backup|main\.js) repair/;
const byHand = /curl -X POST \S+\/actuator\/exporting\/resume/;
const elsewhere = { kind: 'process', host: 'elsewhere', pid: 4711 } as const;

const fileOf = (on: Bench) => join(on.folder, 'ledger/test/lock.json');
const changes = (on: Bench) => on.simulator.calls().filter(({ method }) => method !== 'GET');

/** A lock whose owner is gone, with exporting paused by whoever. */
async function held(lock: object) {
  const on = await bench();
  await mkdir(join(on.folder, 'ledger/test'), { recursive: true });
  const text = JSON.stringify(lock);
  await writeFile(fileOf(on), text);
  on.simulator.setExporterPhase('SOFT_PAUSED');
  const assertUntouched = async () => {
    assert.equal(await readFile(fileOf(on), 'utf8'), text);
    assert.deepEqual(changes(on), []);
  };
  return { on, assertUntouched };
}

describe('A lock that is kept for its own command', () => {
  for (const { what, lock } of [
    { what: 'a restore that is gone', lock: foreignLock({ purpose: 'restore', owner: goneProcess }) },
    { what: 'a restore elsewhere', lock: foreignLock({ purpose: 'restore', owner: elsewhere }) },
    { what: 'a purpose that is not known', lock: foreignLock({ purpose: 'rebalance', owner: goneProcess }) },
  ]) {
    test(`The lock of ${what} is left by run, repair, --force and the watchdog, which say that only its own command ends it`, async () => {
      const { on, assertUntouched } = await held(lock);
      const only = /Only the command that took this lock can continue or give it up/;
      const run = await on.run().ended;
      assertCode(run, 3);
      assert.match(run.stderr, only);
      assert.doesNotMatch(run.stderr, advice);
      for (const args of [[], ['--force'], ['--dry-run', '--force'], ['--resume-unexplained', '--dry-run']]) {
        const repair = await on.repair(...args).ended;
        assert.notEqual(repair.code, 0, args.join());
        assert.match(repair.stderr, only);
        assert.doesNotMatch(repair.stderr, advice);
        assert.match(repair.stdout, /The lock of test is left as it is\./);
      }
      const watchdog = await on.watchdog().ended;
      assertCode(watchdog, 1);
      assert.match(
        watchdog.stdout,
        /the lock waits for the command that took it, and every backup is SKIPPED/,
      );
      assert.match(watchdog.stderr, /test: no backups: the lock waits for its own command\..*\n.*Only the/);
      const status = await on.status().ended;
      assertCode(status, 1);
      assert.match(
        status.stdout,
        /NOT OK: .*the lock waits for the command of .*, and every backup is SKIPPED/,
      );
      assert.match(status.stdout, only);
      assert.doesNotMatch(status.stdout, /\brepair( --force)?: /);
      assert.doesNotMatch(status.stdout, advice);
      assert.match(
        status.stdout,
        /If that command can never run again and nobody needs the pause, resume exporting\.\n/,
      );
      assert.match(status.stdout, byHand);
      const { clusters } = JSON.parse((await on.status('--json').ended).stdout);
      assert.deepEqual([clusters[0].run.purpose, clusters[0].run.repair], [lock.purpose, null]);
      await assertUntouched();
    });
  }

  for (const { what, lock } of [
    { what: 'a restore', lock: foreignLock({ purpose: 'restore', owner: thisProcess() }) },
    {
      what: 'a restore that has paused exporting',
      lock: { ...foreignLock({ purpose: 'restore', owner: thisProcess() }), ...pauseOf() },
    },
    {
      what: 'a purpose that is not known',
      lock: foreignLock({ purpose: 'rebalance', owner: thisProcess() }),
    },
  ]) {
    test(`While the command for ${what} is alive, nothing says how to resume exporting: it may need the pause`, async () => {
      const { on, assertUntouched } = await held(lock);
      const status = await on.status().ended;
      assert.match(status.stdout, /exporting +PAUSED/);
      const repairs = [await on.repair().ended, await on.repair('--resume-unexplained', '--dry-run').ended];
      for (const { stdout, stderr } of [status, ...repairs]) {
        assert.match(stdout + stderr, /Only the command that took this lock|Wait for it/);
        assert.doesNotMatch(stdout + stderr, advice);
        assert.doesNotMatch(stdout + stderr, byHand);
      }
      await assertUntouched();
    });
  }

  for (const { what, owner } of [
    { what: '', owner: elsewhere },
    { what: ' with an owner that only it knows', owner: { kind: 'pod' } },
  ])
    test(`The lock of a restore that a newer version has written${what} is left also by --force, which says to use that version`, async () => {
      const { on, assertUntouched } = await held({
        ...foreignLock({ purpose: 'restore' }),
        owner,
        format: 3,
      });
      for (const args of [[], ['--force']]) {
        const repair = await on.repair(...args).ended;
        assertCode(repair, 1);
        assert.match(repair.stderr, /If a newer camunda-backup wrote it, use that one\. Only the command/);
        assert.doesNotMatch(repair.stderr, /MAY STILL|--force/);
      }
      await assertUntouched();
    });

  test('The lock of a deletion that is gone is freed by the next run, which resumes nothing on its behalf', async () => {
    const on = await bench();
    await on.ledger.acquire(foreignLock({ purpose: 'delete', owner: goneProcess }));
    const dry = await on.repair('--dry-run').ended;
    assertCode(dry, 0);
    assert.match(dry.stdout, /would be repaired\. .* The next deletion finishes what this one has begun\./);
    const run = await on.run().ended;
    assertCode(run, 0);
    assert.match(run.stderr, /held by the deletion of the backup 41 .*That run is dead/);
    assert.match(run.stderr, /Exporting was not paused by it\. The lock is free\./);
    // That of the run itself.
    assert.equal(on.simulator.calls({ operation: 'zeebe.resume' }).length, 1);
    await on.assertAllIsWell();
  });
});

import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { shortWaits } from '../../support/waits.ts';
import { assertCode, bench, until } from '../harness.ts';
import { changes, deletes, failedBackup, idsIn, names, orphan, resultOf } from './world.ts';

describe('`repair` and what a failed backup left in the components', () => {
  test('`repair` shows what a failed backup left, and deletes it only when that is asked for twice', async () => {
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

  test('`repair` ends the backup of an interrupted run that is in the way of the next one, which names the command', async () => {
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
      /Operate .* is taking the backup 61 \(IN_PROGRESS\), which an earlier run of this ledger started/,
    );
    assert.match(next.stderr, /If it does not end, delete it: .*repair .*--delete-leftovers/);

    const repaired = await on.repair('--delete-leftovers', '--yes').ended;
    assertCode(repaired, 0);
    assert.match(repaired.stdout, /Deleted: the backup 61 \(.*Operate.*\)\./);
    assert.match(
      repaired.stdout,
      /If Operate still reports afterwards that another backup is running, restart every replica of it/,
    );
    await until('61 is deleted', () => !on.simulator.backupIds('operate').includes(61));
  });

  test('`repair` leaves a backup that is COMPLETED as it is when it deletes another one', async () => {
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

  test('`repair` leaves what others have made, and has the call that deletes it', async () => {
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
    assert.match(repaired.stderr, /There is no leftover that may be deleted\./);
    assert.match(leftovers.at(-1)?.whatToDo ?? '', /^Find out who is making it/);
    assert.deepEqual(deletes(on), []);
    assert.deepEqual(idsIn(on), before);

    for (const { whatToDo } of leftovers) {
      const [, url] = /delete it by hand: curl -X DELETE (\S+)$/.exec(whatToDo) ?? [];
      assert((await fetch(url ?? '', { method: 'DELETE' })).ok, whatToDo);
    }
    await until('all are deleted', () => idsIn(on).flat().length === 0);
  });

  test('`repair` lists good backups of another ledger apart, without a call that would delete one', async () => {
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

  test('`repair` deletes the backup that keeps Tasklist from listing its backups, and sees that the list is good again', async () => {
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

  test('`repair` leaves a backup that was there before the run that was refused because of it', async () => {
    const on = await bench();
    const running = on.run('--id', '77');
    await on.asked('zeebe.pause');
    on.simulator.seedBackup('zeebe', 77);
    assertCode(await running.ended, 1);
    const { leftovers } = resultOf(await on.repair('--delete-leftovers', '--yes', '--json').ended);
    assert.equal(leftovers.find(({ component }) => component === 'zeebe')?.kind, 'unproven');
    assert.deepEqual(on.simulator.backupIds('zeebe'), [77]);
  });

  test('`repair` deletes nothing while a backup is at work', async () => {
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
    assert.match(repair.stdout, /Nothing is deleted until the lock is repaired\./);
    assert.doesNotMatch(repair.stdout, /\b50 {2}/);
    assert.deepEqual(deletes(on), []);
    running.kill('SIGTERM');
    assertCode(await running.ended, 130);
  });
});

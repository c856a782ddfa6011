import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { describe, test } from '@jest/globals';
import type { Ended } from '../support/command.ts';
import { assertCode, type Bench, bench, foreignLock, foreignPause, goneProcess, until } from './harness.ts';

const paused = (on: Bench) => foreignPause(on, { pausedAt: new Date().toISOString() });

describe('The lock', () => {
  test('A run does nothing where the lock is held by a run that is alive, and nothing happens to that one', async () => {
    const on = await bench({}, (cluster) => ({ ...cluster, patience: '1h' }));
    const atWork = on.simulator.order({
      operation: 'webApplications.check',
      times: 'always',
      kind: { answer: { status: 503 } },
    });
    const first = on.run();
    await on.asked('webApplications.check');
    const second = await on.run().ended;
    assertCode(second, 3);
    const result = second.json();
    assert.equal(result.state, 'SKIPPED');
    assert.equal(result.failure?.error, 'LockHeld');
    assert.equal(result.backupId, null);
    assert.match(second.stderr, /No backup of test was started/);
    assert.match(second.stderr, new RegExp(`process ${process.pid} on `));
    assert.match(second.stderr, /What to do: Wait for it/);

    const repair = await on.repair().ended;
    assertCode(repair, 3);
    assert.match(repair.stderr, /Wait for it/);
    assert.notEqual(on.simulator.pausedSince(), undefined, 'the pause of the first one was ended');
    atWork.cancel();
    assertCode(await first.ended, 0);
    await on.assertAllIsWell();
  });

  test('The lock of a run on another host is named, and is repaired only by force', async () => {
    const on = await bench();
    const owner = { kind: 'process', host: 'elsewhere', pid: 4711 } as const;
    await on.ledger.acquire(foreignLock({ owner, ...paused(on) }));
    on.simulator.setExporterPhase('SOFT_PAUSED');

    const run = await on.run().ended;
    assertCode(run, 3);
    assert.match(run.stderr, /process 4711 on elsewhere.*Exporting may be paused on its behalf/);
    assert.match(run.stderr, /main\.js repair --force/);
    const careful = await on.repair().ended;
    assertCode(careful, 3);
    assert.match(careful.stderr, /--force/);
    assert.notEqual(on.simulator.pausedSince(), undefined);

    const forced = await on.repair('--force').ended;
    assertCode(forced, 0);
    assert.match(forced.stdout, /Exporting is resumed/);
    await on.assertAllIsWell();
    assertCode(await on.run().ended, 0);
    assert.equal((await on.manifest()).state, 'COMPLETED');
  });

  test('The lock of a run that has the name of this host and says no more is left alone, and is repaired only by force', async () => {
    const on = await bench();
    // As the containers of one pod template have it: the pid is no process of this one.
    const owner = { kind: 'process', host: hostname(), pid: goneProcess.pid } as const;
    await on.ledger.acquire(foreignLock({ owner, ...paused(on) }));
    on.simulator.setExporterPhase('SOFT_PAUSED');

    assertCode(await on.run().ended, 3);
    assertCode(await on.repair().ended, 3);
    assert.notEqual(on.simulator.pausedSince(), undefined, 'the pause of a run that may live was ended');
    assertCode(await on.repair('--force').ended, 0);
    await on.assertAllIsWell();
  });

  test('A run names the execution in AWS that holds the lock', async () => {
    const on = await bench();
    const arn = 'arn:aws:states:eu-central-1:123456789012:execution:backup:abc';
    await on.ledger.acquire(foreignLock({ owner: { kind: 'execution', arn } }));
    const run = await on.run().ended;
    assertCode(run, 3);
    assert.ok(run.stderr.includes(arn));
  });

  test('A run frees the lock of a process that is gone and had not paused anything', async () => {
    const on = await bench();
    const { backupId: _, ...lock } = foreignLock({ owner: goneProcess });
    await on.ledger.acquire(lock);
    const run = await on.run().ended;
    assertCode(run, 0);
    assert.match(run.stderr, /Exporting was not paused by it\. The lock is free\./);
    assert.equal(on.simulator.calls({ operation: 'zeebe.resume' }).length, 1);
    await on.assertAllIsWell();
  });

  test('Of several runs that meet the lock of a process that is gone, one puts it right and runs, and the others do nothing', async () => {
    const on = await bench({}, (cluster) => ({ ...cluster, patience: '1h' }));
    await on.ledger.acquire(foreignLock({ owner: goneProcess, ...paused(on) }));
    on.simulator.setExporterPhase('SOFT_PAUSED');
    const atWork = on.simulator.order({
      operation: 'webApplications.check',
      times: 'always',
      kind: { answer: { status: 503 } },
    });
    const runs = Array.from({ length: 5 }, () => on.run());
    const ended: Ended[] = [];
    for (const { ended: end } of runs) void end.then((one) => ended.push(one));
    await until('all but one ended', () => ended.length === runs.length - 1);
    for (const one of ended) {
      assertCode(one, 3);
      assert.equal(one.json().state, 'SKIPPED');
    }
    atWork.cancel();
    await until('the last one ended', () => ended.length === runs.length);
    const last = ended.at(-1);
    assert(last);
    assertCode(last, 0);
    assert.equal((await on.manifest()).state, 'COMPLETED');
    await on.assertAllIsWell();
  });

  test('`repair` has nothing to do where nobody holds the lock', async () => {
    const on = await bench();
    await on.ledger.acquire(foreignLock());
    await on.ledger.release('test', foreignLock().runId);
    const repair = await on.repair().ended;
    assertCode(repair, 0);
    assert.match(repair.stdout, /There is no lock of test/);
    assert.match(repair.stdout, /No manifest is RUNNING without its run\./);
    assert.match(repair.stdout, /Nothing is left over in Zeebe, Web applications, Optimize, Zeebe records\./);
    assert.deepEqual(
      on.simulator.calls().filter(({ method }) => method !== 'GET'),
      [],
    );
  });
});

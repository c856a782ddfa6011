import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from '@jest/globals';
import { typed } from '../../support/shell.ts';
import { shortWaits } from '../../support/waits.ts';
import { assertCode, type Bench, bench, until } from '../harness.ts';
import { killedTogether } from '../kill.ts';

/** Long enough that a signal finds it at work. */
const slow = { durations: { webApplications: 60, zeebe: 60, operate: 60, tasklist: 60 } };

/** Holds what is true of every interrupted run that could put things right. */
async function assertInterrupted(
  on: Bench,
  ended: Awaited<ReturnType<Bench['run']>['ended']>,
  left?: { byKilled: boolean },
) {
  assertCode(ended, 130);
  const result = ended.json();
  assert.equal(result.state, 'INTERRUPTED');
  assert.equal(result.failure?.error, 'Interrupted');
  assert.notEqual(result.pausedSeconds, null);
  await on.assertAllIsWell(left);
  return result;
}

describe('A signal', () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    test(`${signal} while exporting is paused ends the run after exporting is resumed`, async () => {
      const on = await bench(slow);
      const running = on.spawnRun();
      await on.asked('webApplications.check');
      running.kill(signal);
      const ended = await running.ended;
      await assertInterrupted(on, ended);
      const manifest = await on.manifest();
      assert.equal(manifest.state, 'FAILED');
      assert.equal(manifest.failure?.error, 'Interrupted');
      assert.match(manifest.failure.message, new RegExp(signal));
      assert.equal(manifest.exporting.resumeProof, 'proven');
      assert.match(ended.stderr, new RegExp(`${signal}: resuming exporting`));
      assert.match(ended.stderr, /was interrupted[\s\S]*is resumed/);
      assert.match(
        ended.stderr,
        /These components may still work on it, and may refuse the next backup: .*Web applications.*\n +To see their leftovers, run: .*repair --dry-run\n +Manifest: /,
      );
    });
  }

  test('SIGTSTP (Ctrl-Z) while exporting is paused is refused with one line, and the backup goes on', async () => {
    const on = await bench({ durations: { webApplications: 2 } });
    const running = on.spawnRun();
    await on.asked('webApplications.check');
    running.kill('SIGTSTP');
    await running.printed(
      /Ctrl-Z \(SIGTSTP\) is refused\. Ctrl-C ends this command after resuming exporting\.\n/,
    );
    const ended = await running.ended;
    assertCode(ended, 0);
    assert.equal(ended.json().state, 'COMPLETED');
    assert.equal(ended.stderr.match(/SIGTSTP/g)?.length, 1);
    await on.assertAllIsWell();
  }, 60_000);

  test('A signal while the request of the pause is under way waits for its answer, and exporting is resumed then', async () => {
    const on = await bench();
    on.simulator.order({ operation: 'zeebe.pause', kind: { slow: 1500 } });
    const running = on.run();
    await on.asked('zeebe.pause');
    running.kill('SIGTERM');
    await assertInterrupted(on, await running.ended);
    assert.equal(on.simulator.pauseHistory().length, 1);
    assert.equal(on.simulator.calls({ operation: 'zeebe.pause' }).length, 1);
  });

  test('A signal in the preparation ends the run, and nothing is ever paused', async () => {
    const on = await bench();
    on.simulator.order({ operation: 'zeebe.discover', kind: 'hang' });
    const running = on.run();
    await on.asked('zeebe.discover');
    running.kill('SIGTERM');
    const ended = await running.ended;
    const result = await assertInterrupted(on, ended);
    assert.match(ended.stderr, /SIGTERM: releasing the lock before the end/);
    assert.equal(result.backupId, null);
    assert.deepEqual(on.simulator.pauseHistory(), []);
  });

  test('A signal while the search engine is silent ends the run without its answer', async () => {
    const on = await bench();
    on.simulator.order({ operation: 'search.create', kind: 'hang' });
    const running = on.run();
    await on.asked('search.create');
    const began = performance.now();
    running.kill('SIGTERM');
    await assertInterrupted(on, await running.ended);
    assert.ok(performance.now() - began < 8000, 'it waited for the search engine');
  });

  test('A signal while a resume is repeated after a failure ends the run, and the first failure is what is written down', async () => {
    const on = await bench();
    on.simulator.order({ component: 'zeebe', kind: { failed: { reason: 'disk full' } } });
    on.simulator.order({ operation: 'zeebe.resume', times: 2, kind: { recorded: 'exporting-500-wrapper' } });
    const running = on.run();
    await on.asked('zeebe.resume', 2);
    running.kill('SIGTERM');
    const ended = await running.ended;
    assertCode(ended, 130);
    await on.assertAllIsWell();
    assert.match((await on.manifest()).failure?.message ?? '', /disk full/);
  });

  test('A signal that comes twice at once, as from npm and the terminal, insists on nothing', async () => {
    const on = await bench(slow);
    on.simulator.order({ operation: 'zeebe.resume', kind: { slow: 1000 } });
    const running = on.spawnRun();
    await on.asked('webApplications.check');
    running.kill('SIGINT');
    await sleep(50);
    running.kill('SIGINT');
    await sleep(900);
    running.kill('SIGHUP');
    await assertInterrupted(on, await running.ended);
  });

  test('A signal that insists ends the run at once, which says what is left; the `repair` that it prints puts it right', async () => {
    const on = await bench(slow);
    const broken = on.simulator.order({
      operation: 'zeebe.resume',
      times: 'always',
      kind: { answer: { status: 503 } },
    });
    await rename(on.configFile, join(on.folder, 'other.yaml'));
    const running = on.spawn(['run', '--json', '-f', 'other.yaml']);
    await on.asked('webApplications.check');
    running.kill('SIGINT');
    await on.asked('zeebe.resume');
    await sleep(900);
    running.kill('SIGINT');
    const ended = await running.ended;
    assertCode(ended, 1);
    assert.match(ended.stderr, /EXPORTING OF test IS LEFT PAUSED/);
    assert.ok(
      ended.stderr.includes(
        `By hand: curl -X POST ${on.simulator.urls.zeebe}/actuator/exporting/resume (the "status"`,
      ),
    );
    assert.notEqual(on.simulator.pausedSince(), undefined);

    broken.cancel();
    const repaired = await typed(/^Run: (.+)$/m.exec(ended.stderr)?.[1] ?? '', { cwd: on.folder });
    assert.match(repaired.text, /Exporting is resumed \(read back on every partition\)/);
    assert.equal(repaired.code, 0);
    await on.assertAllIsWell();
    assert.equal((await on.manifest()).state, 'FAILED');
  });

  test('A signal that insists before the pause was answered makes the run say that exporting may be left paused', async () => {
    const on = await bench();
    on.simulator.order({ operation: 'zeebe.pause', kind: 'hang' });
    const running = on.spawnRun();
    await on.asked('zeebe.pause');
    running.kill('SIGINT');
    await sleep(900);
    running.kill('SIGINT');
    const ended = await running.ended;
    assertCode(ended, 1);
    assert.match(ended.stderr, /EXPORTING OF test MAY BE LEFT PAUSED/);
  });

  test('A signal that insists in the preparation ends the run with the code of an interrupted one: nothing is left paused', async () => {
    const on = await bench();
    on.simulator.order({ operation: 'zeebe.discover', kind: 'hang', times: 'always' });
    // The lock cannot be given back at once: somebody else seems to be changing it.
    const guard = join(on.folder, 'ledger', 'test', 'lock.json.replacing');
    const running = on.spawnRun();
    await on.asked('zeebe.discover');
    await writeFile(guard, 'another process');
    running.kill('SIGINT');
    await sleep(900);
    running.kill('SIGINT');
    const ended = await running.ended;
    assertCode(ended, 130);
    assert.match(ended.stderr, /Ended at once\. This run does not keep exporting paused\./);
  });

  test('A run that cannot resume after a signal ends with the code of a failure, and says that exporting may be paused', async () => {
    const on = await bench({ ...slow, waits: shortWaits });
    on.simulator.order({
      operation: 'zeebe.resume',
      times: 'always',
      kind: { recorded: 'exporting-500-wrapper' },
    });
    const running = on.run();
    await on.asked('webApplications.check');
    running.kill('SIGINT');
    const ended = await running.ended;
    assertCode(ended, 1);
    assert.equal(ended.json().state, 'INTERRUPTED');
    assert.equal(ended.json().pausedSeconds, null);
    assert.match(ended.stderr, /EXPORTING MAY STILL BE PAUSED\. Run: /);
    assert.notEqual(on.simulator.pausedSince(), undefined);
    assert.ok(await on.lock());
  });
});

test('A run that meets a bug that nobody caught resumes exporting, and calls it a bug', async () => {
  const source = `process.on('SIGUSR2', () => { throw new TypeError('boom'); })`;
  const env = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(source)}` };
  const on = await bench(slow);
  const running = on.spawnRun(env);
  await on.asked('webApplications.check');
  running.kill('SIGUSR2');
  const ended = await running.ended;
  assertCode(ended, 1);
  assert.equal(ended.json().state, 'FAILED');
  assert.match(ended.stderr, /This is a bug in camunda-backup: TypeError: boom/);
  await on.assertAllIsWell();
  assert.equal(on.simulator.pauseHistory().length, 1);
  assert.match((await on.manifest()).failure?.message ?? '', /A bug in camunda-backup: boom/);
});

describe('A run that was killed', () => {
  const slowWorld = async () => ({ on: await bench(slow) });
  const killed = killedTogether(
    {
      // An application takes one backup at a time: that of the killed run is over when the next run comes.
      'the next run': async () => ({ on: await bench({ durations: { webApplications: 0.05 } }) }),
      repair: slowWorld,
      'no answer': slowWorld,
      'a signal to repair': slowWorld,
      'a signal to the next run': slowWorld,
    },
    { sign: { asks: 'webApplications.check' }, args: () => ['run', '--json', '--id', '7'] },
  );

  test('The next run puts right what a killed run left, says so and completes', async () => {
    const { on } = killed('the next run');
    assert.notEqual(on.simulator.pausedSince(), undefined);
    const next = await on.run('--id', '8').ended;
    assertCode(next, 0);
    assert.match(next.stderr, /That run is dead: this command repairs what it left/);
    assert.match(next.stderr, /Exporting is resumed\. The backup 7 is marked FAILED\. The lock is free\./);
    await on.assertAllIsWell({ byKilled: true });
    assert.equal((await on.ledger.readManifest('test', 7))?.failure?.error, 'Abandoned');
    assert.equal((await on.ledger.readManifest('test', 8))?.state, 'COMPLETED');
    assert.equal(on.simulator.pauseHistory().length, 2);
  });

  test('`repair` puts right what a killed run left', async () => {
    const { on } = killed('repair');
    const repaired = await on.repair('--cluster', 'test').ended;
    assertCode(repaired, 0);
    assert.match(
      repaired.stdout,
      /Exporting is resumed .* Its backup 7 is marked FAILED\. The lock is free\./,
    );
    await on.assertAllIsWell({ byKilled: true });
  });

  test('What a killed run left stays to be repaired while the cluster cannot be reached', async () => {
    const { on } = killed('no answer');
    on.simulator.order({ operation: 'zeebe.resume', times: 2, kind: 'reset' });
    for (const start of [on.run, on.repair]) {
      const ended = await start().ended;
      assertCode(ended, 1);
      assert.match(ended.stderr, /exporting\/resume failed/);
    }
    assert.ok(await on.lock());
    assertCode(await on.repair().ended, 0);
    await on.assertAllIsWell({ byKilled: true });
  });

  test('A signal while `repair` puts right what a killed run left waits until that is done', async () => {
    const { on } = killed('a signal to repair');
    on.simulator.order({ operation: 'zeebe.resume', kind: { slow: 800 } });
    const repair = on.repair();
    await on.asked('zeebe.resume');
    repair.kill('SIGINT');
    const ended = await repair.ended;
    assertCode(ended, 0);
    assert.match(ended.stderr, /SIGINT: finishing the repair before the end/);
    await on.assertAllIsWell({ byKilled: true });
  });

  test('A signal while the next run puts right what a killed run left waits until that is done', async () => {
    const { on } = killed('a signal to the next run');
    on.simulator.order({ operation: 'zeebe.resume', kind: { slow: 800 } });
    const next = on.run();
    await on.asked('zeebe.resume');
    next.kill('SIGTERM');
    const result = await assertInterrupted(on, await next.ended, { byKilled: true });
    assert.equal(result.backupId, null);
    await until('no second backup', () => on.simulator.pauseHistory().length === 1);
  });
});

/**
 * Two versions of the command line on one ledger: the one before locks of format 2, out of this repository's history,
 * and that of the checkout. A cron job on an older machine and a newer stack, say, back up the same cluster.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, test } from '@jest/globals';
import * as z from 'zod';
import { assertCode, type Bench, bench } from '../cli/harness.ts';
import { resultOf } from '../cli/repair/world.ts';
import { allManifests } from '../support/all-manifests.ts';
import { cleanUp } from '../support/clean-up.ts';
import { type Command, camundaBackup, type Spawned } from '../support/command.ts';
import { olderCommandLine, olderVersion } from '../support/older-version.ts';
import { statusOf } from '../support/status-of.ts';

let program = '';
beforeAll(async () => {
  const version = await olderVersion();
  cleanUp(version.remove);
  program = await olderCommandLine(version);
});

/** Starts the older command line. */
function older(on: Bench, ...args: string[]): Spawned {
  const command = camundaBackup(args, { program, cwd: on.folder });
  cleanUp(() => command.child.kill('SIGKILL'));
  return command;
}

/** Calls the newer command line. */
const newer = (on: Bench, ...args: string[]): Command => on.call(args, {});

const lockText = (on: Bench) => readFile(join(on.folder, 'ledger/test/lock.json'), 'utf8');
const lockDocument = async (on: Bench) =>
  z.looseObject({ format: z.number() }).parse(JSON.parse(await lockText(on)));
const resumes = (on: Bench) => on.simulator.calls({ operation: 'zeebe.resume' }).length;

/** Keeps Zeebe's backup, and so the pause, from ending. */
const keepPaused = (on: Bench) =>
  on.simulator.order({ operation: 'zeebe.check', times: 'always', kind: { answer: { status: 503 } } });

/** A run of one of the versions dies in the pause. */
async function killedInThePause(start: (on: Bench) => Spawned): Promise<Bench> {
  const on = await bench();
  const held = on.simulator.order({ operation: 'zeebe.check', times: 'always', kind: 'hang' });
  const run = start(on);
  await on.asked('zeebe.check');
  run.kill('SIGKILL');
  assert.equal((await run.ended).signal, 'SIGKILL');
  held.cancel();
  assert.notEqual(on.simulator.pausedSince(), undefined);
  return on;
}

/** What the older version says about a lock of format 2: only what it looks at, never rewrites, can it read. */
async function assertOlderKnowsTheRun(on: Bench, run: 'running' | 'dead', backupId: number): Promise<void> {
  const status = statusOf(await older(on, 'status', '--json').ended);
  assert.deepEqual(status.run, { state: run, backupId });
  assert.equal(status.exporting.paused, true);
  assert.equal(status.exporting.seen.pause, 'explained');
  const paused = z.object({ pause: z.object({ requestedAt: z.string() }) }).parse(await lockDocument(on));
  assert.equal(status.exporting.since, paused.pause.requestedAt);
}

const cannotRead = /lock\.json is not a document of this version of the ledger/;
const useTheNewer = /If a newer camunda-backup wrote it, use that one/;

describe('An older and a newer command line on one ledger', () => {
  test('Backups that both versions make in turn have growing ids, and both show the last one and find nothing to repair', async () => {
    const on = await bench();
    const ids: number[] = [];
    for (const version of [older, newer, older, newer]) {
      const run = await version(on, 'run', '--json').ended;
      assertCode(run, 0);
      const { state, backupId } = run.json();
      assert.equal(state, 'COMPLETED');
      assert.ok(backupId !== null && backupId > (ids.at(-1) ?? 0), `${backupId} after ${ids}`);
      ids.push(backupId);
      for (const look of [older, newer]) {
        const status = await look(on, 'status', '--json').ended;
        assertCode(status, 0);
        const { problems, run, exporting, lastCompleted } = statusOf(status);
        assert.deepEqual(
          { problems, run, paused: exporting.paused, last: lastCompleted?.backupId },
          { problems: [], run: null, paused: false, last: backupId },
        );
      }
    }
    const manifests = await allManifests(on.ledger, 'test');
    assert.deepEqual(
      manifests.map(({ backupId, state }) => ({ backupId, state })).reverse(),
      ids.map((backupId) => ({ backupId, state: 'COMPLETED' })),
    );
    for (const repairs of [older, newer]) {
      const repair = await repairs(on, 'repair', '--json').ended;
      assertCode(repair, 0);
      const { ok, orphans, leftovers } = resultOf(repair);
      assert.deepEqual({ ok, orphans, leftovers }, { ok: true, orphans: [], leftovers: [] });
    }
    await on.assertAllIsWell();
  });

  test('Watchdogs of both versions keep one memory of a pause that no run explains', async () => {
    const on = await bench();
    assertCode(await newer(on, 'run').ended, 0);
    on.simulator.setExporterPhase('SOFT_PAUSED');
    const seen: (string | undefined)[] = [];
    for (const version of [newer, older, newer, older]) {
      await version(on, 'watchdog').ended;
      seen.push((await on.ledger.readMemory('test'))?.unexplainedPauseSince);
    }
    const [first] = seen;
    assert.ok(first);
    assert.deepEqual(seen, [first, first, first, first]);
  });
});

/** Each of them puts right what a dead run left. */
const remedies = ['repair', 'watchdog', 'run'];

describe('A newer command line, where an older one has the lock', () => {
  for (const remedy of remedies) {
    test(`\`${remedy}\` of the newer version puts right what a run of the older one left that was killed in the pause`, async () => {
      const on = await killedInThePause((on) => older(on, 'run'));
      const { format, backupId } = await lockDocument(on);
      assert.equal(format, 1);
      assertCode(await newer(on, remedy).ended, 0);
      await on.assertAllIsWell();
      const dead = await on.ledger.readManifest('test', Number(backupId));
      assert.equal(dead?.state, 'FAILED');
      assert.equal(dead.failure?.error, 'Abandoned');
      assert.equal(dead.exporting.leftPaused, false);
      assertCode(await older(on, 'run').ended, 0);
    });
  }

  test('A repair that the newer version has begun leaves a lock of format 1, and the older version finishes it', async () => {
    const on = await killedInThePause((on) => older(on, 'run'));
    const left = await lockDocument(on);
    const held = on.simulator.order({ operation: 'zeebe.resume', times: 'always', kind: 'hang' });
    const repair = on.spawn(['repair']);
    await on.asked('zeebe.resume');
    const { repair: claim, ...claimed } = await lockDocument(on);
    assert.ok(claim);
    assert.deepEqual(claimed, left);
    repair.kill('SIGKILL');
    await repair.ended;
    held.cancel();
    assertCode(await older(on, 'repair').ended, 0);
    await on.assertAllIsWell();
    assert.deepEqual(await lockDocument(on), {
      format: 1,
      cluster: 'test',
      releasedBy: left['runId'],
      repaired: true,
    });
    assertCode(await newer(on, 'run').ended, 0);
  });

  test('The newer version leaves a run of the older one alone that is at work in the pause, and that one completes', async () => {
    const on = await bench({}, (cluster) => ({ ...cluster, patience: '1h' }));
    const held = keepPaused(on);
    const running = older(on, 'run', '--json');
    await on.asked('zeebe.check');
    const before = await lockText(on);
    const { backupId } = await lockDocument(on);

    const run = await newer(on, 'run', '--json').ended;
    assertCode(run, 3);
    assert.equal(run.json().state, 'SKIPPED');
    assertCode(await newer(on, 'repair', '--force').ended, 3);
    assertCode(await newer(on, 'watchdog').ended, 0);
    const status = statusOf(await newer(on, 'status', '--json').ended);
    assert.deepEqual(status.run, { state: 'running', backupId });
    assert.equal(status.exporting.paused, true);
    assert.equal(status.exporting.seen.pause, 'explained');
    assert.equal(await lockText(on), before);
    assert.equal(resumes(on), 0);

    held.cancel();
    const ended = await running.ended;
    assertCode(ended, 0);
    assert.equal(ended.json().backupId, backupId);
    await on.assertAllIsWell();
  });
});

describe('An older command line, where a newer one has the lock', () => {
  test('The older version leaves alone what a newer one left that was killed in the pause, and says that it cannot read the lock and that exporting is paused', async () => {
    const on = await killedInThePause((on) => on.spawn(['run']));
    const before = await lockText(on);
    const { format, backupId } = await lockDocument(on);
    assert.equal(format, 2);

    const run = await older(on, 'run', '--json').ended;
    assertCode(run, 1);
    assert.equal(run.json().failure?.error, 'LedgerCorrupt');
    assert.match(run.stderr, cannotRead);
    assert.match(run.stderr, useTheNewer);
    const repair = await older(on, 'repair').ended;
    assertCode(repair, 1);
    assert.match(repair.stderr, cannotRead);
    assert.match(repair.stderr, useTheNewer);
    assert.match(repair.stderr, /EXPORTING OF test MAY STILL BE PAUSED/);
    assert.doesNotMatch(repair.stderr, /no run of this ledger has paused it/);
    const watchdog = await older(on, 'watchdog').ended;
    assertCode(watchdog, 1);
    assert.match(watchdog.stdout, cannotRead);
    await assertOlderKnowsTheRun(on, 'dead', Number(backupId));
    assert.equal(await lockText(on), before);
    assert.equal(resumes(on), 0);
    assert.notEqual(on.simulator.pausedSince(), undefined);
  });

  for (const remedy of remedies) {
    test(`\`${remedy}\` of the newer version puts right what a run of its own left that was killed in the pause, and the older one goes on`, async () => {
      const on = await killedInThePause((on) => on.spawn(['run']));
      const { backupId } = await lockDocument(on);
      assertCode(await newer(on, remedy).ended, 0);
      await on.assertAllIsWell();
      const dead = await on.ledger.readManifest('test', Number(backupId));
      assert.equal(dead?.state, 'FAILED');
      assertCode(await older(on, 'run').ended, 0);
      await on.assertAllIsWell();
    });
  }

  test('The older version ends no pause of a newer one that is at work, not by force either, and that one completes', async () => {
    const on = await bench({}, (cluster) => ({ ...cluster, patience: '1h' }));
    const held = keepPaused(on);
    const running = on.spawnRun();
    await on.asked('zeebe.check');
    const before = await lockText(on);
    const { backupId } = await lockDocument(on);

    const run = await older(on, 'run').ended;
    assertCode(run, 1);
    assert.match(run.stderr, useTheNewer);
    for (const args of [['repair'], ['repair', '--force']]) {
      const repair = await older(on, ...args).ended;
      assertCode(repair, 3);
      assert.match(repair.stderr, /Wait for it, or end it/);
      assert.doesNotMatch(repair.stderr, /no run of this ledger has paused it/);
    }
    assertCode(await older(on, 'watchdog').ended, 1);
    await assertOlderKnowsTheRun(on, 'running', Number(backupId));
    assert.equal(await lockText(on), before);
    assert.equal(resumes(on), 0);

    held.cancel();
    const ended = await running.ended;
    assertCode(ended, 0);
    assert.equal(ended.json().backupId, backupId);
    const status = statusOf(await older(on, 'status', '--json').ended);
    assert.equal(status.lastCompleted?.backupId, backupId);
    await on.assertAllIsWell();
  });
});

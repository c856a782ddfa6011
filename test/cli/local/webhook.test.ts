import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, test } from '@jest/globals';
import * as z from 'zod';
import { backup } from '../../../statemachine/backup-procedure.ts';
import { receiver, signingKey } from '../../support/receiver.ts';
import { shortWaits } from '../../support/waits.ts';
import { assertCode, type Bench, bench, foreignLock, foreignPause, goneProcess } from '../harness.ts';

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
const env = { WEBHOOK_KEY: signingKey };

/** A simulated cluster whose configuration names a receiver of alerts. */
async function withReceiver(options: Parameters<typeof bench>[0] = {}, change?: Parameters<typeof bench>[1]) {
  const to = await receiver();
  const on = await bench({ env, waits: shortWaits, ...options }, change);
  const written = z.looseObject({}).parse(JSON.parse(await readFile(on.configFile, 'utf8')));
  const notify = { webhook: { url: to.url, secret: { env: 'WEBHOOK_KEY' } } };
  await writeFile(on.configFile, JSON.stringify({ ...written, notify }));
  const taken = () => to.taken.map(({ body: { data } }) => `${data.kind} ${data.severity}`);
  return { to, on, taken };
}

function refuseApplications(on: Bench): void {
  on.simulator.order({
    operation: 'webApplications.start',
    times: 'always',
    kind: { answer: { status: 400, body: { message: 'No' } } },
  });
}

describe('A run that has a webhook', () => {
  test('A run that fails is told once, and the watchdog does not repeat it', async () => {
    const { on, to, taken } = await withReceiver();
    refuseApplications(on);
    const failed = await on.run().ended;
    assertCode(failed, 1);
    assertCode(await on.watchdog().ended, 0);
    assert.deepEqual(taken(), ['backupFailed WARNING']);
    const [delivery] = to.taken;
    assert.equal(delivery?.body.data.cluster, 'test');
    assert.equal(delivery?.body.data.backupId, failed.json().backupId);
    assert.doesNotMatch(`${failed.stdout}${failed.stderr}`, new RegExp(signingKey.slice(6)));
    await on.assertAllIsWell();
  });

  test('An alert that the receiver does not take is kept, and the watchdog sends it once under the same id', async () => {
    const { on, to, taken } = await withReceiver();
    refuseApplications(on);
    to.answerWith({ status: 503 });
    const failed = await on.run().ended;
    assertCode(failed, 1);
    assert.match(failed.json().failure?.message ?? '', /No/);
    assert.match(
      failed.stderr,
      /The webhook \S+ answered 503\. This is tried again for a while, and then by the watchdog/,
    );
    assert.doesNotMatch(failed.stderr, /end of this run could not be recorded/);
    // The run goes through its end once, with the retries of one state.
    const { retry = [] } = backup.tasks.find(({ state }) => state === 'RecordFailure') ?? {};
    const retries = retry.find(({ ErrorEquals }) => ErrorEquals.includes('AlertFailed'))?.MaxAttempts ?? 0;
    assert.equal(to.refused.length, 1 + retries);
    await on.assertAllIsWell();
    const looked = await on.watchdog('--json').ended;
    assertCode(looked, 1);
    to.answerWith(undefined);
    assertCode(await on.watchdog().ended, 0);
    assertCode(await on.watchdog().ended, 0);
    assert.deepEqual(taken(), ['backupFailed WARNING']);
    assert.equal(new Set([...to.refused, ...to.taken].map(({ id }) => id)).size, 1);
  });

  test('Exporting that stays paused is told as CRITICAL', async () => {
    const { on, taken } = await withReceiver();
    await on.ledger.acquire(
      foreignLock({
        owner: goneProcess,
        acquiredAt: hoursAgo(20),
        ...foreignPause(on, { requestedAt: hoursAgo(20) }),
      }),
    );
    on.simulator.setExporterPhase('SOFT_PAUSED');
    const broken = on.simulator.order({
      operation: 'zeebe.resume',
      times: 'always',
      kind: { answer: { status: 503 } },
    });
    const look = await on.watchdog().ended;
    assertCode(look, 1);
    assert.deepEqual(taken(), ['exportingLeftPaused CRITICAL']);
    assert.match(look.stderr, /CRITICAL: Camunda test: exporting is STILL PAUSED/);
    broken.cancel();
    assertCode(await on.watchdog().ended, 0);
    assert.deepEqual(taken().slice(1), ['runAbandoned WARNING']);
    await on.assertAllIsWell();
  });

  test('A run whose key cannot be used says so, and makes its backup all the same', async () => {
    const { on, to } = await withReceiver({ env: { WEBHOOK_KEY: 'hunter2hunter2' } });
    const ended = await on.run().ended;
    assertCode(ended, 0);
    assert.match(
      ended.stderr,
      /The webhook gets no alert about this run: The environment variable WEBHOOK_KEY is no key for signatures.*\(notify\.webhook\.secret\)\. Make one/,
    );
    assert.doesNotMatch(ended.stderr, /hunter2/);
    assert.deepEqual(to.paths, []);
  });
});

describe('The watchdog that has a webhook', () => {
  test('Backups that stay away are told once a day, and a look that fails tells it after a while', async () => {
    const { on, taken } = await withReceiver({}, (cluster) => ({ ...cluster, maxAge: '1h' }));
    await on.ledger.changeMemory('test', () => ({ watchedSince: hoursAgo(30) }));
    assertCode(await on.watchdog().ended, 1);
    assertCode(await on.watchdog().ended, 1);
    assert.deepEqual(taken(), ['noRecentBackup CRITICAL']);
    await on.ledger.changeMemory(
      'test',
      (memory) => memory && { ...memory, failing: { since: hoursAgo(1) } },
    );
    await writeFile(`${on.folder}/ledger/test/lock.json`, 'broken');
    assertCode(await on.watchdog().ended, 1);
    assertCode(await on.watchdog().ended, 1);
    assert.deepEqual(taken().slice(1), ['watchdogFailing CRITICAL']);
  });
});

describe('A verification that has a webhook', () => {
  test('A backup that completes is not told; a part that it has lost is, and is kept for the watchdog where the receiver does not take it', async () => {
    const { on, to, taken } = await withReceiver();
    assertCode(await on.run().ended, 0);
    assert.deepEqual(to.paths, []);
    const { backupId } = await on.manifest();
    const url = `${on.simulator.urls.search}/_snapshot/${on.simulator.repository}`;
    await fetch(`${url}/camunda_zeebe_records_backup_${backupId}`, { method: 'DELETE' });
    to.answerWith({ status: 500 });
    const verified = await on.call(['verify', '--latest', '--json'], {}).ended;
    assertCode(verified, 1);
    assert.match(verified.stderr, /People could not be told .*answered 500/);
    to.answerWith(undefined);
    assertCode(await on.watchdog().ended, 0);
    assertCode(await on.watchdog().ended, 0);
    // What is not known is told beside it: the configuration does not say where Zeebe's store is.
    assert.deepEqual(taken(), ['backupDamaged CRITICAL', 'backupNotProven WARNING']);
    assert.equal(to.taken[0]?.body.data.backupId, backupId);
  });
});

describe('camunda-backup alert-test without a stack', () => {
  test('A test alert goes to the webhook', async () => {
    const { on, to, taken } = await withReceiver();
    const ended = await on.call(['alert-test', '--json'], {}).ended;
    assertCode(ended, 0);
    assert.deepEqual(taken(), ['testAlert WARNING']);
    assert.match(to.taken[0]?.body.data.reason ?? '', /^Nothing is wrong: .* has asked for this alert/);
    const { by: _, ...result } = z.looseObject({}).parse(JSON.parse(ended.stdout));
    assert.deepEqual(result, {
      format: 1,
      ok: true,
      sent: true,
      webhook: to.url,
      stack: null,
      topic: null,
      confirmed: [],
      pending: [],
      failure: null,
    });
    assert.match(
      (await on.call(['alert-test'], {}).ended).stdout,
      /^The webhook \S+ took a test alert in the name of /,
    );
  });

  test('A test alert that the receiver does not take is exit code 1, with what to do', async () => {
    const { on, to } = await withReceiver();
    to.answerWith({ status: 404 });
    const ended = await on.call(['alert-test', '--cluster', 'test'], {}).ended;
    assertCode(ended, 1);
    assert.match(ended.stderr, /answered 404[\s\S]*What to do: See the log of the receiver/);
  });

  test('A configuration without a webhook is wrong use', async () => {
    const on = await bench();
    const ended = await on.call(['alert-test', '--json'], {}).ended;
    assertCode(ended, 2);
    assert.match(ended.stdout, /The configuration has no webhook/);
  });
});

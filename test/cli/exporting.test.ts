import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import type { StatusResult } from '../../cli/status/result.ts';
import type { SimulatorOptions } from '../../simulator/index.ts';
import type { Ended } from '../support/command.ts';
import { assertCode, bench, foreignLock, foreignPause } from './harness.ts';

/** What the ledger cannot know: the cluster itself is asked. */

const byHand = /curl -X POST http:\/\/127\.0\.0\.1:\d+\/actuator\/exporting\/resume \(the "status"/;

/** A cluster that was backed up, so that nothing but exporting can be wrong. */
async function backedUp(options: Partial<SimulatorOptions> = {}) {
  const on = await bench(options);
  await on.configure((cluster) => ({
    ...cluster,
    zeebe: { url: on.simulator.urls.zeebe, brokers: on.simulator.urls.brokers },
  }));
  assertCode(await on.run().ended, 0);
  return on;
}

function seenIn({ stdout }: Ended) {
  const { clusters } = JSON.parse(stdout) as StatusResult;
  assert.equal(clusters.length, 1);
  return clusters[0];
}

describe('A pause that somebody ends in the middle of a backup', () => {
  async function endedInTheMiddle(hidden: boolean) {
    const on = await bench({}, (cluster) => ({ ...cluster, patience: '1h' }));
    if (hidden) {
      const body = { status: 404, error: 'Not Found', path: '/actuator/partitions' };
      on.simulator.order({
        operation: 'zeebe.partitions',
        times: 'always',
        kind: { answer: { status: 404, body } },
      });
    }
    const kind = { answer: { status: 503 } } as const;
    const busy = on.simulator.order({ operation: 'webApplications.check', times: 'always', kind });
    const running = on.run();
    await on.asked('webApplications.check', 2);
    await fetch(`${on.simulator.urls.zeebe}/actuator/exporting/resume`, { method: 'POST' });
    busy.cancel();
    return { on, ended: await running.ended };
  }

  test('A backup fails where the brokers show that somebody has resumed exporting in the middle of it', async () => {
    const { on, ended } = await endedInTheMiddle(false);
    assertCode(ended, 1);
    assert.equal(ended.json().failure?.error, 'VerificationFailed');
    await on.assertAllIsWell();
  });

  test('Where only a gateway is configured, manifest and summary say that it is not known whether exporting stayed paused', async () => {
    const { on, ended } = await endedInTheMiddle(true);
    assertCode(ended, 0);
    const { exporting, warnings } = await on.manifest();
    assert.equal(exporting.pauseHeldAt, undefined);
    const said =
      /Whether exporting stayed paused until Zeebe’s backup was complete is not known, and so whether/;
    assert(warnings.some((one) => said.test(one)));
    assert.match(ended.stderr, said);
    assert.deepEqual(ended.json().warnings, warnings);
    await on.assertAllIsWell();
  });
});

test('A run whose clock is set back in its pause knows how long the pause was; `status` says that it does not know it', async () => {
  const on = await bench({}, (cluster) => ({ ...cluster, patience: '1h' }));
  const kind = { answer: { status: 503 } } as const;
  const busy = on.simulator.order({ operation: 'webApplications.check', times: 'always', kind });
  const trouble = new URL('../support/machine-in-trouble.ts?troubles=-200', import.meta.url).href;
  const running = on.spawnRun({ NODE_OPTIONS: `--import ${trouble}` });
  await on.asked('webApplications.check', 2);
  running.kill('SIGUSR2');
  await running.printed(/In trouble: -200\n/);
  busy.cancel();
  const ended = await running.ended;
  const { pausedSeconds, durationSeconds } = ended.json();
  assert(pausedSeconds !== null && pausedSeconds > 0 && pausedSeconds <= durationSeconds, `${pausedSeconds}`);
  assertCode(ended, 0);
  assert.equal(seenIn(await on.status('--json').ended)?.lastCompleted?.pausedSeconds, null);
});

describe('Whether exporting is paused', () => {
  test('`status` asks every broker whether exporting is paused, and shows the answers', async () => {
    const on = await backedUp({ brokers: 3 });
    const shown = await on.status().ended;
    assertCode(shown, 0);
    assert.match(shown.stdout, /status +ok\n/);
    const [first, ...others] = on.simulator.urls.brokers;
    for (const url of [first, ...others]) {
      assert.match(
        shown.stdout,
        new RegExp(`EXPORTING: partitions 1, 2, 3 \\(${url}/actuator/partitions\\)`),
      );
    }
    assert.match(
      shown.stdout,
      new RegExp(`addresses +ZEEBE .*\n +BROKER +${on.simulator.urls.brokers.join(', ')}`),
    );
    const json = seenIn(await on.status('--json').ended);
    assert.equal(json?.exporting.seen.state, 'EXPORTING');
    assert.equal(json.exporting.seen.pause, null);
    assert.equal(json.exporting.seen.replicas.length, 9);
    assert.deepEqual(json.addresses?.brokers, on.simulator.urls.brokers);
  });

  test('`status` is not ok where one replica is paused and no lock explains it, and says how the pause ends', async () => {
    const on = await backedUp({ brokers: 3 });
    on.simulator.setExporterPhase('SOFT_PAUSED', { broker: 2, partition: 1 });
    const shown = await on.status().ended;
    assertCode(shown, 1);
    assert.match(shown.stdout, /NOT OK: exporting is paused, and no run of this ledger has paused it\n/);
    assert.match(
      shown.stdout,
      /exporting +PAUSED, and no run of this ledger has paused it; the cluster shows:\n/,
    );
    assert.match(shown.stdout, /SOFT_PAUSED: partition 1 \(http/);
    assert.match(shown.stdout, /end it: .*repair .*--resume-unexplained\n/);
    assert.match(shown.stdout, byHand);
    const json = seenIn(await on.status('--json').ended);
    assert.equal(json?.ok, false);
    assert.deepEqual(
      [json.exporting.paused, json.exporting.seen.state, json.exporting.seen.pause],
      [false, 'PAUSED', 'unexplained'],
    );
    assert.equal(json.exporting.whatToDo.length, 2);
  });

  test('`repair` is no success where exporting is paused and no lock explains it, and changes nothing', async () => {
    const on = await backedUp();
    on.simulator.setExporterPhase('PAUSED');
    const repaired = await on.repair().ended;
    assertCode(repaired, 1);
    assert.match(repaired.stdout, /There is no lock of test/);
    assert.match(
      repaired.stderr,
      /Error: Exporting of test is paused, and no run of this ledger has paused it: PAUSED: partitions 1, 2, 3 \(http.*\nWhat to do: .*--resume-unexplained/,
    );
    assert.match(repaired.stderr, byHand);
    assert.equal(on.simulator.calls({ operation: 'zeebe.resume' }).length, 1, 'only that of the backup');
    const { ok, exporting } = JSON.parse((await on.repair('--json').ended).stdout);
    assert.deepEqual(
      [ok, exporting.state, exporting.pause, exporting.resumed],
      [false, 'PAUSED', 'unexplained', null],
    );
  });

  test('`status` is ok where exporting is paused on behalf of a run that lives', async () => {
    const on = await backedUp();
    on.simulator.setExporterPhase('SOFT_PAUSED');
    await on.ledger.acquire(foreignLock({ ...foreignPause(on) }));
    const shown = await on.status().ended;
    assertCode(shown, 0);
    assert.match(
      shown.stdout,
      /exporting +PAUSED on its behalf for .*; the cluster shows:\n +SOFT_PAUSED: partitions/,
    );
    assert.equal(seenIn(await on.status('--json').ended)?.exporting.seen.pause, 'explained');
    const repaired = await on.repair().ended;
    assertCode(repaired, 3);
    assert.match(repaired.stdout, /Exporting is paused on behalf of that run: SOFT_PAUSED/);
  });

  test('`status` is not ok where exporting is paused and the run that lives has not paused it', async () => {
    const on = await backedUp();
    on.simulator.setExporterPhase('SOFT_PAUSED');
    await on.ledger.acquire(foreignLock());
    const shown = await on.status().ended;
    assertCode(shown, 1);
    assert.match(shown.stdout, /NOT OK: exporting is paused, and no run of this ledger has paused it/);
  });

  test('`status` learns from the REST API of a pause on a broker whose address is not configured', async () => {
    const on = await bench({ restExporting: true, brokers: 3 });
    const { zeebe, rest, brokers } = on.simulator.urls;
    const zeebeSettings = { url: zeebe, brokers: brokers.slice(0, 2), rest: { url: rest } };
    await on.configure((cluster) => ({ ...cluster, zeebe: zeebeSettings }));
    on.simulator.setExporterPhase('SOFT_PAUSED', { broker: 2 });
    const json = seenIn(await on.status('--json').ended);
    assert.equal(json?.exporting.seen.pause, 'unexplained');
    assert.equal(json.exporting.seen.together?.phase, 'MIXED');
  });

  test('`status` says that it is not known whether exporting is paused where a broker is silent, and judges by the ledger', async () => {
    const on = await backedUp();
    on.simulator.order({ operation: 'zeebe.partitions', times: 'always', kind: 'hang' });
    const shown = await on.status().ended;
    assertCode(shown, 0);
    assert.match(
      shown.stdout,
      /exporting +not paused by a backup; the state of exporting is NOT KNOWN:\n +Zeebe cannot be reached: GET http.*\/actuator\/partitions failed: no answer within 2 s/,
    );
    assert.equal(seenIn(await on.status('--json').ended)?.exporting.seen.state, 'UNKNOWN');
  });

  test('`repair` is no success where a broker gives no answer, and whether exporting is paused is not known', async () => {
    const on = await backedUp();
    on.simulator.order({ operation: 'zeebe.partitions', times: 'always', kind: 'reset' });
    const repaired = await on.repair().ended;
    assertCode(repaired, 1);
    assert.match(repaired.stderr, /Error: Whether exporting of test is paused is not known: /);
  });

  test('`repair` is a success also where a gateway does not show whether exporting is paused, and says so', async () => {
    const on = await backedUp();
    on.simulator.order({
      operation: 'zeebe.partitions',
      times: 'always',
      kind: { answer: { status: 200, body: {} } },
    });
    const repaired = await on.repair().ended;
    assertCode(repaired, 0);
    assert.match(
      repaired.stdout,
      /Whether exporting of test is paused is not known: .*configure zeebe\.brokers/,
    );
  });

  test('`status` shows the ledger also where the secret of the brokers is not set, and says that exporting is not known', async () => {
    const on = await backedUp();
    await on.configure((cluster) => ({
      ...cluster,
      zeebe: {
        url: on.simulator.urls.zeebe,
        auth: { username: 'backup', password: { env: 'NOT_SET_HERE' } },
      },
    }));
    const shown = await on.status().ended;
    assertCode(shown, 0);
    assert.match(shown.stdout, /NOT KNOWN:\n +The environment variable NOT_SET_HERE/);
    assert.match(shown.stdout, /last completed +\d/);
  });

  test('`status` shows a pause also where the ledger cannot be asked, with what is not known and the call that resumes', async () => {
    const on = await backedUp();
    const folder = join(on.folder, 'ledger');
    await rename(folder, `${folder} is elsewhere`);
    await writeFile(folder, 'a file where a folder belongs');
    on.simulator.setExporterPhase('SOFT_PAUSED');
    const shown = await on.status().ended;
    assertCode(shown, 1);
    assert.match(
      shown.stdout,
      /status +NOT OK: .*ledger.*; exporting is paused, and it is not known by whom/s,
    );
    assert.match(shown.stdout, /\n {2}run +not known\n {2}exporting +PAUSED, and it is not known by whom/);
    assert.match(shown.stdout, /SOFT_PAUSED: partitions 1, 2, 3/);
    assert.match(shown.stdout, /If you know that no backup and no restore is at work, resume it\.\n/);
    assert.match(shown.stdout, byHand);
    assert.match(
      shown.stdout,
      /\n {2}last completed +not known\n {2}rpo +not known\n {2}last failed +not known\n/,
    );
    on.simulator.setExporterPhase('EXPORTING');
    const json = await on.status('--json').ended;
    assertCode(json, 1);
    const seen = seenIn(json);
    assert.deepEqual([seen?.ok, seen?.ledgerRead, seen?.problems.length], [false, false, 1]);
    assert.deepEqual([seen?.exporting.paused, seen?.exporting.seen.state], [null, 'EXPORTING']);
    assert.deepEqual(seen?.exporting.whatToDo, []);
  });

  test('`status` and `repair` do not ask with --offline whether exporting is paused', async () => {
    const on = await backedUp();
    on.simulator.setExporterPhase('SOFT_PAUSED');
    const before = on.simulator.calls({ operation: 'zeebe.partitions' }).length;
    const shown = await on.status('--offline').ended;
    assertCode(shown, 0);
    assert.match(shown.stdout, /not paused by a backup; the cluster was not asked \(--offline\)/);
    const repaired = await on.repair('--offline').ended;
    assertCode(repaired, 0);
    assert.match(repaired.stdout, /The cluster was not asked whether exporting is paused \(--offline\)/);
    assert.equal(on.simulator.calls({ operation: 'zeebe.partitions' }).length, before);
  });

  test('`repair` ends the pause of a dead run, and sees afterwards that the cluster exports', async () => {
    const on = await backedUp();
    on.simulator.setExporterPhase('SOFT_PAUSED');
    const gone = { ...foreignLock().owner, pid: 2 ** 22 + 1 };
    await on.ledger.acquire(foreignLock({ owner: gone, ...foreignPause(on) }));
    const repaired = await on.repair('--json').ended;
    assertCode(repaired, 0);
    const { lock, exporting } = JSON.parse(repaired.stdout);
    assert.deepEqual([lock.exporting, exporting.state], ['proven', 'EXPORTING']);
  });
});

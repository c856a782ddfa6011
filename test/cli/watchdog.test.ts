import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, test } from '@jest/globals';
import * as z from 'zod';
import type { Ended } from '../support/command.ts';
import { assertCode, type Bench, bench, foreignLock, foreignPause, goneProcess } from './harness.ts';

const result = z.object({
  format: z.literal(1),
  ok: z.boolean(),
  clusters: z.array(
    z.object({
      cluster: z.string(),
      ok: z.boolean(),
      lock: z.string().nullable(),
      orphans: z.array(z.int()),
      backupAgeSeconds: z.number().nullable(),
      pausedSeconds: z.number().nullable(),
      problems: z.array(z.string()),
    }),
  ),
});
const resultOf = ({ stdout }: Ended) => result.parse(JSON.parse(stdout.trim()));

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
const longAgo = (on: Bench) => ({
  acquiredAt: hoursAgo(20),
  ...foreignPause(on, { requestedAt: hoursAgo(20) }),
});

describe('The watchdog of the command line', () => {
  test('The watchdog says of a cluster that is well that it is, and changes nothing in it', async () => {
    const on = await bench({}, (cluster) => ({ ...cluster, maxAge: '1h' }));
    assertCode(await on.run().ended, 0);
    const before = on.simulator.calls().filter(({ method }) => method !== 'GET').length;
    const look = await on.watchdog('--json').ended;
    assertCode(look, 0);
    const { ok, clusters } = resultOf(look);
    assert(ok);
    const [seen] = clusters;
    assert(seen);
    assert.deepEqual(
      [seen.cluster, seen.lock, seen.orphans, seen.pausedSeconds, seen.problems],
      ['test', 'free', [], 0, []],
    );
    assert.equal(look.stderr, '');
    assert.equal(on.simulator.calls().filter(({ method }) => method !== 'GET').length, before);
  });

  test('The watchdog puts right at once what a process of this machine left behind', async () => {
    const on = await bench();
    await on.ledger.acquire(foreignLock({ owner: goneProcess, ...longAgo(on) }));
    on.simulator.setExporterPhase('SOFT_PAUSED');
    const look = await on.watchdog().ended;
    assertCode(look, 0);
    assert.match(look.stderr, /a dead run was repaired/);
    await on.assertAllIsWell();
  });

  test('The watchdog says that exporting is still paused where it cannot resume, with the call to make, and tries again', async () => {
    const on = await bench();
    await on.ledger.acquire(foreignLock({ owner: goneProcess, ...longAgo(on) }));
    on.simulator.setExporterPhase('SOFT_PAUSED');
    const broken = on.simulator.order({
      operation: 'zeebe.resume',
      times: 'always',
      kind: { answer: { status: 503 } },
    });
    const look = await on.watchdog('--json').ended;
    assertCode(look, 1);
    assert.match(look.stderr, /CRITICAL: Camunda test: exporting is STILL PAUSED/);
    assert.match(look.stderr, /curl -X POST .*\/actuator\/exporting\/resume/);
    const { ok, clusters } = resultOf(look);
    assert.equal(ok, false);
    assert.equal(clusters[0]?.lock, 'still-paused');
    assert.match(clusters[0]?.problems[0] ?? '', /STILL PAUSED, for 20 h/);
    broken.cancel();
    assertCode(await on.watchdog().ended, 0);
    await on.assertAllIsWell();
  });

  test('The watchdog tells of a run that it cannot end and that pauses for too long, and leaves it alone', async () => {
    for (const owner of [
      { kind: 'process', host: 'elsewhere', pid: 4711 },
      { kind: 'execution', arn: 'arn:aws:states:eu-central-1:123456789012:execution:backup:abc' },
    ] as const) {
      const on = await bench();
      const lock = foreignLock({ owner, ...foreignPause(on) });
      await on.ledger.acquire(lock);
      on.simulator.setExporterPhase('SOFT_PAUSED');
      const early = await on.watchdog().ended;
      assertCode(early, 0);
      assert.match(early.stdout, /it cannot be seen from here whether it lives/);
      await on.ledger.changeLock('test', lock.runId, longAgo(on));
      const late = await on.watchdog().ended;
      assertCode(late, 1);
      assert.match(late.stderr, /exporting is STILL PAUSED/);
      // A moment in the future makes no pause short.
      await on.ledger.changeLock(
        'test',
        lock.runId,
        foreignPause(on, { requestedAt: '2126-11-27T10:00:00.000Z' }),
      );
      const unknown = await on.watchdog('--json').ended;
      assertCode(unknown, 1);
      assert.match(unknown.stderr, /since a moment in the future/);
      assert.deepEqual(
        resultOf(unknown).clusters[0]?.problems[0],
        'exporting is STILL PAUSED, and it is not known for how long',
      );
      assert.equal(on.simulator.calls({ operation: 'zeebe.resume' }).length, 0);
      assert.equal((await on.lock())?.runId, lock.runId);
    }
  });

  test('The watchdog says at every look how long a pause that no run explains has lasted, also without maxPause', async () => {
    const on = await bench();
    assertCode(await on.run().ended, 0);
    on.simulator.setExporterPhase('SOFT_PAUSED');
    await on.ledger.changeMemory('test', (memory) => ({
      watchedSince: hoursAgo(20),
      ...memory,
      unexplainedPauseSince: hoursAgo(20),
    }));
    const first = await on.watchdog('--json').ended;
    assert.match(first.stderr, /CRITICAL: Camunda test: exporting is STILL PAUSED/);
    // People are told once an hour; that it is so is said by every look.
    const second = await on.watchdog('--json').ended;
    assert.equal(second.stderr, '');
    for (const look of [first, second]) {
      assertCode(look, 1);
      const { ok, clusters } = resultOf(look);
      assert.deepEqual([ok, clusters[0]?.problems], [false, ['exporting is STILL PAUSED, for 20 h 00 min']]);
    }
  });

  test('The watchdog says that it is not known whether exporting is paused where the cluster gives no answer', async () => {
    const on = await bench();
    assertCode(await on.run().ended, 0);
    await on.simulator.close();
    const look = await on.watchdog('--json').ended;
    assertCode(look, 1);
    const [seen] = resultOf(look).clusters;
    assert.deepEqual([seen?.ok, seen?.pausedSeconds], [false, null]);
    assert.match(
      seen?.problems.join() ?? '',
      /^whether exporting is paused is not known: Zeebe cannot be reached: GET http:/,
    );
  });

  test('The watchdog says that nobody knows whether the run of an old lock without a heartbeat lives, and how to free it', async () => {
    const on = await bench();
    const lock = foreignLock({ owner: { kind: 'process', host: 'evicted', pid: 7 } });
    await on.ledger.acquire(lock);
    assertCode(await on.watchdog().ended, 0);
    await on.ledger.changeLock('test', lock.runId, { acquiredAt: hoursAgo(1) });
    const look = await on.watchdog('--json').ended;
    assertCode(look, 1);
    const [seen] = resultOf(look).clusters;
    assert.equal(seen?.lock, 'not-ours');
    assert.match(
      seen?.problems.join() ?? '',
      /^whether the run that has the lock since .* \(process 7 on evicted\) lives is not known, .*SKIPPED.* repair .*--force/,
    );
  });

  test('The watchdog says when completed backups stay away', async () => {
    const on = await bench({}, (cluster) => ({ ...cluster, maxAge: '1s' }));
    assertCode(await on.run().ended, 0);
    const { backupId } = await on.manifest();
    await on.ledger.changeManifest('test', backupId, async (made) => ({ ...made, endedAt: hoursAgo(1) }));
    const look = await on.watchdog().ended;
    assertCode(look, 1);
    assert.match(look.stdout, /NOT OK: there is no completed backup of the last 1\.0 s/);
    assert.match(look.stderr, /no recent backup/);
    // People are told once a day; that it is so is said by every look.
    const again = await on.watchdog().ended;
    assertCode(again, 1);
    assert.equal(again.stderr, '');
  });

  test('The watchdog says at every look that a ledger does not exist, and does not make one', async () => {
    const on = await bench();
    for (const _ of ['first', 'second']) {
      const look = await on.watchdog().ended;
      assertCode(look, 1);
      assert.match(look.stdout, /test: NOT OK: The ledger .*does not exist yet/);
    }
  });

  test('The watchdog looks at every cluster although one is in trouble, and at one alone where it is named', async () => {
    const on = await bench();
    assertCode(await on.run().ended, 0);
    const config = JSON.parse(await readFile(on.configFile, 'utf8'));
    const clusters = { other: { zeebe: { url: on.simulator.urls.zeebe } }, ...config.clusters };
    await writeFile(on.configFile, JSON.stringify({ ...config, clusters }));
    const both = await on.watchdog('--json').ended;
    assertCode(both, 1);
    assert.deepEqual(
      resultOf(both).clusters.map(({ cluster, ok }) => [cluster, ok]),
      [
        ['test', true],
        ['other', false],
      ],
    );
    assertCode(await on.watchdog('--cluster', 'test').ended, 0);
    const unknown = await on.watchdog('--cluster', 'prod').ended;
    assertCode(unknown, 2);
    assert.match(unknown.stderr, /There is no cluster prod/);
  });
});

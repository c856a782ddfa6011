import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, it, jest } from '@jest/globals';
import * as z from 'zod';
import type { Manifest } from '../../core/ledger/manifest.ts';
import { startLoad } from '../../simulator/load/load.ts';
import { say } from '../support/say.ts';
import { unless } from '../support/unless.ts';
import { backUpByProduct } from './loss/by-product.ts';
import { ask, until } from './loss/calls.ts';
import { type Result, runCase } from './loss/case.ts';
import { CaseCluster } from './loss/cluster.ts';
import { isSound, sentence } from './loss/counts.ts';
import { type Numbers, numbersOf } from './loss/numbers.ts';
import { lines, type Order, orderNamed, ordersOf } from './loss/orders.ts';
import { type OpenPlace, openPlace } from './loss/place.ts';
import { pooled } from './loss/pool.ts';
import { realStoreAvailable, searchEngineAvailable } from './servers/index.ts';

/**
 * A share of `npm run test:loss`, whose counts are in docs/reliability.md: real OpenSearch, real backup store, and
 * simulated processes of Camunda under load, which are destroyed and restored.
 */
const available = [
  await searchEngineAvailable('2.19.1'),
  await searchEngineAvailable('3.8.0'),
  await realStoreAvailable(),
];
const missing = available.find((one) => !one.available);
const skip = missing && !missing.available ? missing.reason : false;

jest.setTimeout(10 * 60_000);

/** How many seeds of the right order are tried. The first of them is done by camunda-backup. */
const share = 2;
/**
 * A wrong order is tried with these seeds until one shows what is lost, in which Zeebe's own snapshots are frequent and a part
 * that holds instances gets lost. It is the first one, unless a busy machine takes the steps in another rhythm.
 */
const known = [12_068, 10_160, 35_528, 14_014, 7_203, 22];
const atOnce = 3;

unless(skip).describe.each(lines)('a cluster of %s that was destroyed and restored', (line) => {
  let place: OpenPlace;

  beforeAll(async () => {
    place = await openPlace(line);
  });

  afterAll(async () => {
    await place?.close();
  });

  it('Nothing is lost or doubled by the documented order, whatever the load and the pace', async () => {
    const first = randomInt(1_000, 1_000_000);
    say(
      `The seeds of ${line} begin with ${first}: npm run test:loss -- --line ${line} --order right --seed ${first}`,
    );
    const order = orderNamed(line, 'right');
    const seeds = Array.from({ length: share }, (_, index) => first + index);
    const results: Result[] = [];
    await pooled(atOnce, seeds, async (seed) => {
      results.push(await runCase(place, { order, seed, by: seed === first ? 'camunda-backup' : 'hand' }));
    });
    assert.deepEqual(
      results.filter((result) => !isSound(result)).map((result) => sentence(line, order, result)),
      [],
    );
  });

  it('Each wrong order loses or doubles instances with some seed', async () => {
    const wrong = ordersOf(line).filter(({ kind }) => kind === 'wrong');
    const harmless: string[] = [];
    await pooled(atOnce, wrong, async (order) => {
      const shown = await firstThatShows(order);
      if (shown) say(sentence(line, order, shown));
      else harmless.push(order.name);
    });
    assert.deepEqual(harmless, [], `with the seeds ${known}, these orders lost and doubled nothing`);
  });

  async function firstThatShows(order: Order): Promise<Result | undefined> {
    for (const seed of known) {
      const result = await runCase(place, { order, seed, by: 'hand' });
      if (!isSound(result)) return result;
    }
    return undefined;
  }

  it('A backup during which somebody resumes exporting is FAILED, because it would lose instances', async () => {
    const manifest = await backUpDespite(numbersOf(1), async (cluster) => {
      const zeebe = cluster.url('zeebe');
      await until('exporting is paused', async () => {
        const all = Object.values(await ask(`${zeebe}/actuator/partitions`, 'GET', phases));
        return all.every(({ exporterPhase }) => exporterPhase === 'SOFT_PAUSED');
      });
      await ask(`${zeebe}/actuator/exporting/resume`, 'POST', z.unknown());
    });
    assert.equal(manifest.state, 'FAILED');
    assert.match(manifest.failure?.message ?? '', /export/i);
  });

  it('A backup of which a part is missing is FAILED, because it would lose instances', async () => {
    const numbers = numbersOf(1);
    const slow = { ...numbers, applications: { ...numbers.applications, partIntervalMs: 5000 } };
    // Optimize says at once that a part is missing. The web applications of 8.8 wait for five minutes.
    const manifest = await backUpDespite(slow, async (cluster) => {
      const repository = `_snapshot/${cluster.name}`;
      let first = '';
      await until('the first part is taken', async () => {
        const { snapshots: all } = await cluster.ask('GET', `${repository}/_all`, snapshots);
        const isFirst = (one: string) => one.startsWith('camunda_optimize_') && one.includes('_part_1_');
        first = all.find(({ snapshot, state }) => isFirst(snapshot) && state === 'SUCCESS')?.snapshot ?? '';
        return first !== '';
      });
      await cluster.ask('DELETE', `${repository}/${first}`, z.unknown());
    });
    assert.equal(manifest.state, 'FAILED');
    assert.match(manifest.failure?.message ?? '', /optimize/i);
  });

  /** Backs up a cluster under load with camunda-backup, while something is done to it. */
  async function backUpDespite(
    numbers: Numbers,
    meanwhile: (cluster: CaseCluster) => Promise<void>,
  ): Promise<Manifest> {
    const cluster = await CaseCluster.open(place, `despite-${randomInt(1_000_000)}`, numbers, 'sequential');
    try {
      await cluster.start();
      const load = startLoad({ url: cluster.url('rest'), rate: numbers.rate });
      try {
        await until('the first records are exported', () => cluster.hasExported());
        const [manifest] = await Promise.all([backUpByProduct(cluster), meanwhile(cluster)]);
        return manifest;
      } finally {
        await load.stop();
      }
    } finally {
      await cluster.close();
    }
  }
});

const phases = z.record(z.string(), z.object({ exporterPhase: z.string() }));
const snapshots = z.object({ snapshots: z.array(z.object({ snapshot: z.string(), state: z.string() })) });

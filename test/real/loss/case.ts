import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { type Load, startLoad } from '../../../simulator/load/load.ts';
import { backUpByHand } from './by-hand.ts';
import { backUpByProduct } from './by-product.ts';
import { ask, until } from './calls.ts';
import { caughtUp } from './catch-up.ts';
import { CaseCluster, type Place } from './cluster.ts';
import { judge, together, unknownOrders, type Verdict } from './judge.ts';
import { type Numbers, numbersOf } from './numbers.ts';
import type { Order } from './orders.ts';
import { destroyAndRestore } from './restore.ts';

export interface Case {
  order: Order;
  seed: number;
  /** Only the right order can be done by camunda-backup, which refuses to do another. */
  by: 'hand' | 'camunda-backup';
}

export interface Result extends Verdict {
  seed: number;
  by: Case['by'];
}

/** Backs up a cluster under load, destroys it, restores it, and compares what is there with what the engine knows. */
export async function runCase(place: Place, { order, seed, by }: Case): Promise<Result> {
  const numbers = numbersOf(seed);
  const name = `loss-${order.name}-${seed}-${place.line.replace('.', '')}`;
  const cluster = await CaseCluster.open(place, name, numbers, order.optimizeParts);
  try {
    await cluster.start();
    const load = startLoad({ url: cluster.url('rest'), rate: numbers.rate, seed });
    let backup: BackedUp;
    try {
      await sleep(numbers.warmUpMs);
      await until('the first records are exported', () => cluster.hasExported());
      backup = await (by === 'hand' ? byHand(cluster, order, numbers, load) : byProduct(cluster, load));
    } finally {
      await load.stop();
    }
    await destroyAndRestore(cluster, backup.id);
    await caughtUp(cluster);
    const restored = await judged(cluster, backup.accepted);
    await goOn(cluster, numbers, seed, load);
    await caughtUp(cluster);
    return { seed, by, ...together([restored, later(await judged(cluster, backup.accepted))]) };
  } finally {
    await cluster.close();
  }
}

interface BackedUp {
  id: number;
  /** The orders that were accepted before Zeebe's backup began, which it must hold. */
  accepted: string[];
}

async function byHand(cluster: CaseCluster, order: Order, numbers: Numbers, load: Load): Promise<BackedUp> {
  const id = 1000;
  let accepted: string[] = [];
  await backUpByHand(cluster, order.steps, id, numbers, (step) => {
    if (step === 'zeebe') accepted = [...load.accepted().keys()];
  });
  return { id, accepted };
}

async function byProduct(cluster: CaseCluster, load: Load): Promise<BackedUp> {
  const accepted = [...load.accepted().keys()];
  const { backupId: id, state, failure } = await backUpByProduct(cluster);
  if (state !== 'COMPLETED') throw new Error(`The backup is ${state}: ${failure?.message ?? ''}`);
  return { id, accepted };
}

async function judged(cluster: CaseCluster, accepted: string[]): Promise<Verdict> {
  const known = await cluster.known();
  const forgotten = unknownOrders(accepted, known).map((order) => `Zeebe does not know ${order}`);
  const verdicts = cluster.applications.map(async (name) => judge(name, known, await cluster.shown(name)));
  return together([{ lost: forgotten, doubled: [] }, ...(await Promise.all(verdicts))]);
}

/**
 * The work on the restored cluster: clients begin again what the engine does not know any more, others begin new orders,
 * and the open ones are advanced and completed.
 */
async function goOn(
  cluster: CaseCluster,
  { rate, afterwardsMs }: Numbers,
  seed: number,
  before: Load,
): Promise<void> {
  const url = cluster.url('rest');
  const again = unknownOrders(before.accepted().keys(), await cluster.known());
  const load = startLoad({ url, rate, seed: seed + 1_000_000 });
  for (const order of again) {
    await ask(`${url}/v2/process-instances`, 'POST', z.unknown(), {
      processDefinitionId: 'order',
      variables: { order },
    });
  }
  await sleep(afterwardsMs);
  await load.stop();
}

const later = ({ lost, doubled }: Verdict): Verdict => ({
  lost: lost.map((text) => `after more work, ${text}`),
  doubled: doubled.map((text) => `after more work, ${text}`),
});

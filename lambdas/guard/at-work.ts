import * as z from 'zod';
import { isBackupError } from '../../core/errors.ts';
import { parseJson } from '../../core/json.ts';
import { heldBy } from '../../core/ledger/lock/held-by.ts';
import type { Holder } from '../../core/ledger/lock/holder.ts';
import { mayBePaused } from '../../core/ledger/lock/lock.ts';
import { goOnWithIt, whenOwnerIsGone, whoHolds } from '../../core/ledger/lock/purpose.ts';
import { s3CodeOf } from '../../core/ledger/store/s3-errors.ts';
import { stopExecution } from '../../core/stop-execution.ts';
import type { StackCommands } from '../../deployment/commands.ts';
import type { GuardProperties } from './request.ts';
import type { GuardWorld } from './world.ts';

/** A run that works on clusters, or that may do so. */
export interface AtWork {
  clusters: string[];
  /** A sentence that names the run. */
  says: string;
  /** What people can do, as one or more sentences. */
  remedy: string;
}

type Commands = Pick<StackCommands, 'repair' | 'watch'>;

/**
 * Finds the runs that work on some clusters: the holders of their locks, and executions that have no lock. Such an
 * execution begins, ends, or waits for its next try. Throws if the ledger or an execution cannot be read.
 */
export async function atWorkOn(
  clusters: string[],
  stackId: string,
  { Bucket, Machine, Prefix }: Pick<GuardProperties, 'Bucket' | 'Machine' | 'Prefix'>,
  world: GuardWorld,
): Promise<AtWork[]> {
  const [bucket, machine] = await Promise.all(
    [Bucket, Machine].map((logicalId) => world.physicalId(stackId, logicalId)),
  );
  // Nobody can hold a lock in a ledger that does not exist, for example because the first deployment has failed.
  if (bucket === undefined) return [];
  const { ledger, commands } = world.ledgerIn({ bucket, prefix: Prefix });
  // Executions come before locks: one that takes its lock in between is found by its lock.
  const running = machine === undefined ? [] : await world.running(machine);
  const holders = (await Promise.all(clusters.map((cluster) => holderOf(cluster, ledger)))).flat();
  const withoutLock = running.filter((arn) => !holders.some((holder) => isOwner(holder, arn)));
  const beginning = await Promise.all(
    withoutLock.map((arn) => executionWithoutLock(arn, clusters, world, commands)),
  );
  return [...holders.map((holder) => holdsLock(holder, running, commands)), ...beginning.flat()];
}

async function holderOf(cluster: string, ledger: ReturnType<GuardWorld['ledgerIn']>['ledger']) {
  try {
    const holder = await ledger.readHolder(cluster);
    return holder ? [holder] : [];
  } catch (error) {
    // The bucket was deleted by hand.
    if (isBackupError(error) && s3CodeOf(error.cause) === 'NoSuchBucket') return [];
    throw error;
  }
}

function isOwner({ owner }: Holder, executionArn: string): boolean {
  return owner.kind === 'execution' && owner.arn === executionArn;
}

function holdsLock(holder: Holder, running: string[], commands: Commands): AtWork {
  const { cluster, owner, acquiredAt } = holder;
  if (owner.kind === 'process') {
    const { message, remedy = '' } = heldBy(holder, 'unknown', commands);
    return { clusters: [cluster], says: message, remedy: `Wait until it has ended. ${remedy}` };
  }
  const paused = mayBePaused(holder) ? ' Exporting may be paused on its behalf.' : '';
  const clusters = [cluster];
  const says = `The lock of ${cluster} is held by ${whoHolds(holder)} (${owner.arn}) since ${acquiredAt}.${paused}`;
  if (running.includes(owner.arn)) return { clusters, says, remedy: waitOrEnd(owner.arn, commands) };
  if (whenOwnerIsGone(holder) === 'keep') return { clusters, says, remedy: goOnWithIt };
  const repair = `The execution has ended: the watchdog frees the lock within five minutes, or this command does: ${commands.repair(cluster)}`;
  return { clusters, says, remedy: repair };
}

const request = z.object({ cluster: z.string() });

async function executionWithoutLock(
  arn: string,
  clusters: string[],
  world: GuardWorld,
  commands: Commands,
): Promise<AtWork[]> {
  const input = await world.inputOf(arn);
  if (input === undefined) return [];
  const named = request.safeParse(parseJson(input)).data?.cluster;
  // The function that begins a backup refuses an input without a cluster.
  if (named === undefined || !clusters.includes(named)) return [];
  const says = `An execution for ${named} runs that has no lock at the moment (${arn}): it begins, ends, or waits for its next try.`;
  return [{ clusters: [named], says, remedy: waitOrEnd(arn, commands) }];
}

function waitOrEnd(arn: string, commands: Commands): string {
  const [, , , , , , , name = arn] = arn.split(':');
  return `This command waits for its end: ${commands.watch(name)}. This one ends it, and the watchdog then resumes exporting: ${stopExecution(arn)}.`;
}

import type { Alert } from '../alert.ts';
import { isAhead, nowIso, secondsSince } from '../clock.ts';
import type { Context } from '../context.ts';
import { heldBy } from '../ledger/lock/held-by.ts';
import type { Lock } from '../ledger/lock/lock.ts';
import type { LifeSigns } from '../ledger/lock/owner.ts';
import { executionUrl } from '../tell/alert-message.ts';
import type { Tells } from '../tell/untold.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'commands'> & { tells: Tells };

const repeatAfterSeconds = 3600;

/**
 * Looks at a lock that only its own command goes on with. Nothing is done about it: people are told when it begins to
 * wait for that command, and again every hour, because no backup is made meanwhile.
 */
export async function watchKeptLock(
  lock: Lock,
  { alive, trouble }: LifeSigns,
  context: Needs,
): Promise<'running' | 'waiting'> {
  const { ledger, clock } = context;
  const { cluster, runId } = lock;
  const told = (await ledger.readMemory(cluster))?.toldOfWaiting;
  const isTold =
    told?.runId === runId && !isAhead(told.at, clock) && secondsSince(told.at, context) < repeatAfterSeconds;
  if (alive === 'alive') {
    if (told) await remember(cluster, undefined, context);
    return 'running';
  }
  if (!isTold && (await context.tells(alertOf(lock, alive, trouble?.message, context)))) {
    await remember(cluster, { runId, at: nowIso(context) }, context);
  }
  return 'waiting';
}

function remember(
  cluster: string,
  toldOfWaiting: { runId: string; at: string } | undefined,
  { ledger, clock }: Needs,
): Promise<void> {
  return ledger.changeMemory(cluster, (memory) => ({
    watchedSince: nowIso({ clock }),
    ...memory,
    toldOfWaiting,
  }));
}

function alertOf(
  lock: Lock,
  alive: LifeSigns['alive'],
  trouble: string | undefined,
  { commands }: Needs,
): Alert {
  const { message, remedy } = heldBy(lock, alive, commands);
  const why = trouble === undefined ? 'it cannot be seen from here whether its run lives' : trouble;
  const how = alive === 'gone' ? 'Its run is gone' : `Whether its run lives is not known (${why})`;
  return {
    kind: 'lockWaiting',
    severity: 'WARNING',
    cluster: lock.cluster,
    backupId: lock.backupId,
    reason: `${message} ${how}. Every backup of this cluster is SKIPPED until its command has ended.`,
    ...(remedy === undefined ? {} : { remedy }),
    execution: executionUrl(lock.runId),
  };
}

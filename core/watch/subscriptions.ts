import { nowIso, secondsSince } from '../clock.ts';
import type { Config } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { describe } from '../errors.ts';
import type { WatchMemory } from '../ledger/watch-memory.ts';
import { confirmThem, type Recipients, recipientsOf, type Subscription } from '../tell/subscriptions.ts';
import { tellSeconds } from '../tell/tell-people.ts';
import { within } from '../within.ts';

/** Looks whether the alerts reach everybody. Throws if they reach nobody, which the alarm of the watchdog shows. */
export type LookAtSubscriptions = (config: Config, context: Needs) => Promise<void>;
type Needs = Pick<Context, 'ledger' | 'clock' | 'tell' | 'warn'>;

/** The calls of a process. Lambda keeps a process for hours if it is called every five minutes. */
const everySeconds = 3600;

/** The link in SNS's message is valid for three days. After this time there are still two days to open it. */
const graceSeconds = 24 * 3600;

/**
 * Makes the look at the subscriptions of the topic, which happens once an hour at most. A subscription that is lost, or that
 * has waited for a day for its confirmation, is told once to the others. The memory of the first cluster keeps that.
 */
export function subscriptionLook(list: () => Promise<Subscription[]>): LookAtSubscriptions {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let reachesNobody: string | undefined;
  return async (config, context) => {
    if (context.clock.now() - lookedAt >= everySeconds * 1000) {
      lookedAt = context.clock.now();
      reachesNobody = await lookOnce(list, config, context);
    }
    if (reachesNobody !== undefined) throw new Error(reachesNobody);
  };
}

/** Returns why the alerts reach nobody; undefined if they reach somebody, or if that is not known. */
async function lookOnce(
  list: () => Promise<Subscription[]>,
  { clusters, deployment }: Config,
  context: Needs,
): Promise<string | undefined> {
  const [cluster] = Object.keys(clusters);
  if (cluster === undefined || !deployment) return undefined;
  try {
    const recipients = recipientsOf(await within(tellSeconds, list, context), deployment.alerts);
    const memory = await remember(cluster, recipients, context);
    const lost = lostOf(recipients, memory, context);
    if (lost.length === 0) return undefined;
    const reason = `The alerts do not reach ${lost.join(', ')}`;
    if (recipients.confirmed.length === 0) return `${reason}, and nobody else. ${confirmThem}`;
    if (memory?.told !== lost.join(', ')) await tell(cluster, reason, lost.join(', '), context);
  } catch (error) {
    // An existing topic of another account may not let anybody list its subscriptions.
    context.warn(`Whether the alerts reach everybody is not known: ${describe(error)}`);
  }
  return undefined;
}

type Memory = WatchMemory['subscriptions'];

/** Writes down since when subscriptions wait for their confirmation. Forgets everything once all are confirmed. */
async function remember(cluster: string, { pending, missing }: Recipients, context: Needs): Promise<Memory> {
  const { ledger } = context;
  const now = nowIso(context);
  const next = (before: Memory): Memory => {
    if (pending.length + missing.length === 0) return undefined;
    const { pendingSince, ...rest } = before ?? {};
    return pending.length === 0 ? rest : { ...rest, pendingSince: pendingSince ?? now };
  };
  const before = await ledger.readMemory(cluster);
  await ledger.changeMemory(cluster, (memory) => {
    const { subscriptions, ...rest } = memory ?? { watchedSince: now };
    const changed = next(subscriptions);
    return changed ? { ...rest, subscriptions: changed } : memory && rest;
  });
  return next(before?.subscriptions);
}

function lostOf({ pending, missing }: Recipients, memory: Memory, { clock }: Needs): string[] {
  const since = memory?.pendingSince;
  const isLate = since !== undefined && secondsSince(since, { clock }) >= graceSeconds;
  return [
    ...(isLate ? pending.map(({ endpoint }) => `${endpoint} (not confirmed)`) : []),
    ...missing.map(({ endpoint }) => `${endpoint} (not subscribed any more)`),
  ].toSorted();
}

async function tell(cluster: string, reason: string, told: string, context: Needs): Promise<void> {
  const alert = {
    kind: 'alertsNotReceived',
    severity: 'WARNING',
    cluster,
    reason,
    remedy: confirmThem,
  } as const;
  await within(tellSeconds, () => context.tell(alert), context);
  await context.ledger.changeMemory(
    cluster,
    (memory) => memory && { ...memory, subscriptions: { ...memory.subscriptions, told } },
  );
}

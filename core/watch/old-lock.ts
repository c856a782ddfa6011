import { isAhead, secondsSince } from '../clock.ts';
import type { Context } from '../context.ts';
import { heartbeatTimes } from '../ledger/heartbeat.ts';
import type { Holder } from '../ledger/lock/holder.ts';
import { describeOwner } from '../ledger/lock/owner.ts';
import type { Moment } from './noticed.ts';

/** The longest time that an execution can last: `TimeoutSeconds` in statemachine/backup.asl.json. */
const stateMachineSeconds = 14 * 24 * 3600;

/**
 * Says, as a sentence, that a lock blocks every run for longer than its own run may be silent, if nobody can see from here
 * whether that run is alive. A live run outside AWS renews its heartbeat; a run on AWS ends at the state machine's limit.
 */
export function unknownOfLock(
  holder: Holder | undefined,
  { clock, commands }: Pick<Context, 'commands'> & { clock: Moment },
): string[] {
  if (!holder) return [];
  const { cluster, owner, acquiredAt } = holder;
  const limit = owner.kind === 'execution' ? stateMachineSeconds : heartbeatTimes.goneAfter;
  const seconds = secondsSince(acquiredAt, { clock });
  if (seconds <= limit && !isAhead(acquiredAt, clock)) return [];
  return [
    `whether the run that has the lock since ${acquiredAt} (${describeOwner(owner)}) lives is not known, and every other run is SKIPPED as long as it has it. If you know that it does not live, run: ${commands.repair(cluster, { force: true })}`,
  ];
}

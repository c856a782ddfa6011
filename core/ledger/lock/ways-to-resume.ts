import type { Clock } from '../../clock.ts';
import type { Commands } from '../../commands.ts';
import { resumeByHand, type ZeebeAddress } from '../../connect/by-hand.ts';
import type { Ledger } from '../ledger.ts';
import type { UnreadableLock } from './document.ts';
import { heldBy } from './held-by.ts';
import type { Holder } from './holder.ts';
import { type Alive, type ExecutionStates, isRunAlive } from './owner.ts';
import { whenOwnerIsGone } from './purpose.ts';

/** A lock that is held while exporting is paused. At least one of `holder` and `unreadable` is set. */
export interface HeldLock {
  /** The holder, if it can be read. */
  holder: Holder | undefined;
  alive: Alive;
  /** Set if this version cannot read the whole lock. */
  unreadable?: UnreadableLock | undefined;
}

/** Reads the lock of a cluster; undefined if nobody holds it. Throws LedgerError. */
export async function readHeldLock(
  cluster: string,
  books: { ledger: Ledger; clock: Pick<Clock, 'now'>; executions?: ExecutionStates | undefined },
  aliveOf: (holder: Holder) => Promise<Alive> = (holder) => isRunAlive(holder, books),
): Promise<HeldLock | undefined> {
  const { ledger } = books;
  const holder = await ledger.readHolderIfPossible(cluster);
  const unreadable = await ledger.readUnreadableLock(cluster);
  if (!holder && !unreadable) return undefined;
  return { holder, alive: holder ? await aliveOf(holder) : 'unknown', unreadable };
}

/**
 * The ways to end a pause that no run explains, as sentences. The command that ends such a pause refuses while somebody
 * holds the lock. Nobody may resume while a restore or a backup is alive, because it needs the state that it has made.
 */
export function waysToResume(
  cluster: string,
  zeebe: ZeebeAddress | undefined,
  commands: Pick<Commands, 'repair'>,
  { lock, isLedgerEmpty = false }: { lock: HeldLock | undefined; isLedgerEmpty?: boolean },
): string[] {
  const byHand = resumeByHand(zeebe);
  if (lock) return [...remedyOf(lock, commands), ...resumeBeside(lock, byHand)];
  if (isLedgerEmpty) return ['Find out who paused it: it may be a run whose ledger is another one.', byHand];
  const command = commands.repair(cluster, { resumeUnexplained: true });
  return [`Find out who paused it. If nobody needs the pause, end it: ${command}`, byHand];
}

function remedyOf({ holder, alive, unreadable }: HeldLock, commands: Pick<Commands, 'repair'>): string[] {
  const error =
    unreadable && alive !== 'alive' ? unreadable.problem : holder && heldBy(holder, alive, commands);
  return error?.remedy === undefined ? [] : [error.remedy];
}

function resumeBeside({ holder, alive, unreadable }: HeldLock, byHand: string): string[] {
  const purpose = holder?.purpose ?? unreadable?.purpose;
  const policy = purpose === undefined ? 'undo' : whenOwnerIsGone({ purpose });
  if (alive === 'alive' && policy !== 'free') return [];
  // The holder may have paused, and the command that frees such a lock resumes exporting.
  if (unreadable && policy === 'undo') return [byHand];
  if (policy !== 'keep')
    return ['Find out who paused it. If nobody needs the pause, resume exporting.', byHand];
  return ['If that command can never run again and nobody needs the pause, resume exporting.', byHand];
}

import type { ExplainedLook } from '../../core/checks/exporting.ts';
import { type ExportingSeen, notAsked, phasesOf, seenInJson } from '../../core/checks/exporting-seen.ts';
import type { Clock } from '../../core/clock.ts';
import { formatSeconds } from '../../core/config/duration.ts';
import type { Holder } from '../../core/ledger/lock/holder.ts';
import { mayBePaused } from '../../core/ledger/lock/lock.ts';

/** The state of exporting, according to the ledger and to the cluster. */
export interface ExportingStatus {
  /** True if the run that holds the lock may have paused; null if the lock cannot be read. */
  paused: boolean | null;
  since: string | null;
  seconds: number | null;
  seen: ExportingSeen;
  /** Sentences that say how to end a pause that no living run explains. */
  whatToDo: string[];
}

/** A function that asks the cluster, or the reason why it is not asked. */
export type AskExporting = (() => Promise<ExplainedLook>) | string;

export async function seenBy(look: AskExporting): Promise<ExportingSeen> {
  if (typeof look === 'function') return seenInJson(await look());
  return notAsked(look);
}

export function exportingStatusOf(
  lock: Holder | 'unreadable' | undefined,
  seen: ExportingSeen,
  clock: Pick<Clock, 'now'>,
): ExportingStatus {
  const holder = lock === 'unreadable' ? undefined : lock;
  const since = holder && mayBePaused(holder) ? holder.pause.requestedAt : undefined;
  return {
    paused: lock === 'unreadable' ? null : since !== undefined,
    since: since ?? null,
    seconds: since === undefined ? null : Math.max(0, (clock.now() - Date.parse(since)) / 1000),
    seen,
    whatToDo: [],
  };
}

/** The problem of a pause that no run of the ledger explains. */
export function strangePauseProblem({ seen: { pause } }: ExportingStatus): string[] {
  if (pause === 'unexplained') return ['exporting is paused, and no run of this ledger has paused it'];
  return pause === 'unknown'
    ? ['exporting is paused, and it is not known by whom: the lock cannot be read']
    : [];
}

export function exportingSentence({ paused, since, seconds, seen, whatToDo }: ExportingStatus): string {
  const notPaused = paused === null ? 'not known: the lock cannot be read' : 'not paused by a backup';
  const own =
    paused && seconds !== null
      ? `PAUSED on its behalf for ${formatSeconds(seconds)}, since ${since}`
      : notPaused;
  const phases = phasesOf(seen);
  switch (seen.state) {
    case null:
      return [`${own}; the cluster was not asked (${seen.unknown.join('; ')})`, ...whatToDo].join('\n');
    case 'UNKNOWN':
      return [`${own}; the state of exporting is NOT KNOWN:`, ...seen.unknown, ...phases, ...whatToDo].join(
        '\n',
      );
    case 'EXPORTING':
      return [paused ? `${own}; the cluster shows:` : 'not paused; the cluster shows:', ...phases].join('\n');
    case 'PAUSED': {
      const whose = {
        explained: paused ? own : 'PAUSED by a run of this ledger',
        unexplained: 'PAUSED, and no run of this ledger has paused it',
        unknown: 'PAUSED, and it is not known by whom: the lock cannot be read',
      }[seen.pause ?? 'unknown'];
      return [`${whose}; the cluster shows:`, ...phases, ...whatToDo].join('\n');
    }
  }
}

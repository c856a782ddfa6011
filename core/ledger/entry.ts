import type { ComponentEntry } from './manifest.ts';

/**
 * The state of a component's backup in its entry. REQUESTED becomes STARTED or REFUSED; a refused request may be
 * retried. STARTED becomes COMPLETED or FAILED, and FAILED may become COMPLETED. The document stores REFUSED as
 * REQUESTED with `refused`, which every version can read.
 */
export type EntryState = ComponentEntry['state'] | 'REFUSED';

export function entryStateOf({ state, refused }: ComponentEntry): EntryState {
  return state === 'REQUESTED' && refused ? 'REFUSED' : state;
}

/** Records that the request is being sent, or may have been sent. */
export function requested({ refused: _, nothingAtWork: __, ...entry }: ComponentEntry): ComponentEntry {
  return { ...entry, state: 'REQUESTED' };
}

/** Records that the component refused the request. A backup that it has under this id is not this run's. */
export function refused(
  entry: ComponentEntry,
  { nothingAtWork = false }: { nothingAtWork?: boolean } = {},
): ComponentEntry {
  return { ...requested(entry), refused: true, ...(nothingAtWork ? { nothingAtWork } : {}) };
}

/** Records that the component accepted the request. */
export function started(
  entry: ComponentEntry,
  { startedAt, scheduledSnapshots }: Pick<ComponentEntry, 'startedAt' | 'scheduledSnapshots'>,
): ComponentEntry {
  return {
    ...requested(entry),
    state: 'STARTED',
    startedAt,
    ...(scheduledSnapshots ? { scheduledSnapshots } : {}),
  };
}

/** Records the end of the backup. COMPLETED stays, because a late check may run after the backup was deleted. */
export function ended(
  entry: ComponentEntry,
  {
    endedAt,
    parts = [],
    indices,
    error,
  }: Pick<ComponentEntry, 'endedAt' | 'parts' | 'indices'> & { error?: unknown },
): ComponentEntry {
  if (entry.state === 'COMPLETED') return entry;
  const { failure: _, ...before } = entry;
  return {
    ...before,
    state: error === undefined ? 'COMPLETED' : 'FAILED',
    endedAt,
    parts,
    ...(indices ? { indices } : {}),
    ...(error instanceof Error ? { failure: error.message } : {}),
  };
}

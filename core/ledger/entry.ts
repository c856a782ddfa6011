import type { ComponentEntry } from './manifest.ts';

/**
 * How far a component's backup is, as its entry says: REQUESTED, then STARTED or REFUSED; a refused request may be
 * repeated. STARTED becomes COMPLETED or FAILED, and FAILED may become COMPLETED. The document has no word for REFUSED:
 * it says REQUESTED and `refused`, which every version reads.
 */
export type EntryState = ComponentEntry['state'] | 'REFUSED';

export function entryStateOf({ state, refused }: ComponentEntry): EntryState {
  return state === 'REQUESTED' && refused ? 'REFUSED' : state;
}

/** The request is on its way, or may be. */
export function requested({ refused: _, nothingAtWork: __, ...entry }: ComponentEntry): ComponentEntry {
  return { ...entry, state: 'REQUESTED' };
}

/** The component refused the request: what it has under this id is not this run's. */
export function refused(
  entry: ComponentEntry,
  { nothingAtWork = false }: { nothingAtWork?: boolean } = {},
): ComponentEntry {
  return { ...requested(entry), refused: true, ...(nothingAtWork ? { nothingAtWork } : {}) };
}

/** The component has taken the request. */
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

/** How the backup was seen to end. COMPLETED stays: a look that is late may see what was deleted since. */
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

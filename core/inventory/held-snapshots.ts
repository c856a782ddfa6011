import { readTimestamp } from '../components/component.ts';
import { askedTwice } from '../components/locate.ts';
import type { Snapshot } from '../components/search/engine.ts';
import { openSearch } from '../components/search/open-search.ts';
import {
  camundaSnapshots,
  readSnapshotName,
  type SnapshotName,
  snapshotsOf,
} from '../components/snapshot-names.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { sideBySide } from '../side-by-side.ts';
import { type Asking, readsAtOnce, sayTooLong, type ToRead } from './sources.ts';

/** The snapshots of Camunda's backups in the repository. */
export interface HeldSnapshots {
  /** The name of the repository. */
  name: string;
  /** The names of the snapshots, by the id of their backup. */
  names: Map<number, SnapshotName[]>;
  running: Set<string>;
  /** The snapshots that were read, by their names. */
  read: Map<string, Snapshot>;
}

/** Lists the snapshots in the repository. Only the snapshots of the backups that `toRead` chooses are read. */
export async function askRepository(
  { search }: ClusterConfig,
  asking: Asking,
  toRead: ToRead,
  context: Pick<Context, 'search' | 'clock'>,
): Promise<HeldSnapshots | undefined> {
  if (!search) return undefined;
  const { repository } = search;
  const { known: found } = await asking.ask('repository', async () => {
    await using engine = await openSearch(search, context);
    const [names, running] = await askedTwice(() =>
      Promise.all([engine.snapshotNames(repository, camundaSnapshots), engine.runningSnapshots(repository)]),
    );
    return { names: [...new Set([...names, ...running])], running: new Set(running) };
  });
  if (!found) return undefined;
  const all = found.names.flatMap((name) => readSnapshotName(name) ?? []);
  sayTooLong(
    'repository',
    `The repository ${repository}`,
    all.map(({ backupId }) => backupId),
    asking,
  );
  const names = new Map<number, SnapshotName[]>();
  for (const one of all) {
    if (typeof one.backupId === 'number') names.set(one.backupId, [...(names.get(one.backupId) ?? []), one]);
  }
  const read = new Map<string, Snapshot>();
  await asking.ask('repository', async () => {
    const ids = await toRead([...names.keys()]);
    if (ids.length === 0) return;
    await using engine = await openSearch(search, context);
    await sideBySide(ids, readsAtOnce, async (id) => {
      for (const snapshot of await engine.snapshots(repository, snapshotsOf(id))) {
        read.set(snapshot.name, { ...snapshot, startedAt: readTimestamp(snapshot.startedAt) });
      }
    });
  });
  return { name: repository, names, running: found.running, read };
}

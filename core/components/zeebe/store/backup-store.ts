import { sideBySide } from '../../../side-by-side.ts';
import { idIn, type ToldId } from '../../backup-id.ts';
import type { StoredFile, StoreFiles } from './files.ts';
import { type Layout, layouts, manifestName } from './layouts.ts';
import { readManifest, type ZeebeManifest } from './manifest.ts';

/** How many requests are made concurrently. */
const atOnce = 10;

/** A manifest in the store, by its place. */
export type StoredManifest = {
  partition: number;
  /** The broker that wrote it, by the name of its folder. */
  node: string;
  /** The name of the file in the store. */
  name: string;
  /** The folder of the broker's files. */
  contents: string;
} & (
  | { manifest: ZeebeManifest; strange?: never }
  /** Its form is not known: the reason. Nothing follows about the backup. */
  | { manifest?: never; strange: string }
);

/** Reads the backups in Zeebe's backup store. All methods throw the errors of StoreFiles. */
export interface BackupStore {
  /** Lists the ids of all backups that have a folder for any partition, sorted. */
  ids(): Promise<ToldId[]>;
  /** Reads the manifests of a backup, sorted by partition; empty if the store has none. */
  manifests(backupId: ToldId): Promise<StoredManifest[]>;
  /** Lists the files of a manifest's broker, by their names below its `contents`: `snapshot/…` and `segments/…`. */
  filesOf(manifest: Pick<StoredManifest, 'contents'>): Promise<StoredFile[]>;
  files: StoreFiles;
}

export function backupStore(files: StoreFiles): BackupStore {
  /** The partitions that have backups in a layout. Other folders may be beside them. */
  const partitionsIn = async (layout: Layout) => {
    const names = await files.folders(layout.partitions);
    return names
      .filter((name) => /^[1-9]\d*$/.test(name))
      .map((name) => ({ layout, partition: Number(name) }));
  };
  const everyPartition = async () => (await Promise.all(layouts.map(partitionsIn))).flat();

  async function manifestsIn({ layout, partition }: { layout: Layout; partition: number }, backupId: ToldId) {
    const folder = layout.manifests(partition, backupId);
    const nodes = await files.folders(folder);
    return Promise.all(
      nodes.map(async (node): Promise<StoredManifest[]> => {
        const name = `${folder}${node}/${manifestName}`;
        const text = await files.text(name);
        if (text === undefined) return [];
        const contents = layout.contents(partition, backupId, node);
        return [{ partition, node, name, contents, ...readManifest(text) }];
      }),
    );
  }

  return {
    async ids() {
      const listed = await sideBySide(await everyPartition(), atOnce, ({ layout, partition }) =>
        files.folders(layout.ids(partition)),
      );
      const ids = new Set(listed.flat().flatMap((name) => idIn(name) ?? []));
      return [...ids].sort((a, b) => (a < b ? -1 : 1));
    },

    async manifests(backupId) {
      const found = await sideBySide(await everyPartition(), atOnce, (place) => manifestsIn(place, backupId));
      return found.flat(2).sort((a, b) => a.partition - b.partition);
    },

    async filesOf({ contents }) {
      const listed = await files.list(contents);
      return listed.map(({ name, bytes }) => ({ name: name.slice(contents.length), bytes }));
    },

    files,
  };
}

import { type Fact, factOf } from '../checks/fact.ts';
import type { BackupStore, StoredManifest } from '../components/zeebe/store/backup-store.ts';
import type { StoredFile } from '../components/zeebe/store/files.ts';
import type { ListedFile, ZeebeManifest } from '../components/zeebe/store/manifest.ts';
import { sideBySide } from '../side-by-side.ts';
import { type Checksums, readChecksums } from './checksum-file.ts';
import { decompressor, isCorrupt } from './compression.ts';

/** The manifest of a broker that completed its backup of a partition, with its files. */
export interface CompletedManifest {
  place: StoredManifest;
  manifest: ZeebeManifest;
  /** The sizes of the files that are there, by their names: `snapshot/…` and `segments/…`. */
  files: Fact<Map<string, number>>;
  /** The checksums of the snapshot; undefined if the manifest lists no file with them. */
  checksums: Fact<Checksums> | undefined;
}

/** What the store has of a backup. */
export interface StoreSeen {
  home: string;
  /** The location of a file in it, for people. */
  location: (name: string) => string;
  manifests: StoredManifest[];
  completed: CompletedManifest[];
  /** True if the store has no backup at all. It is undefined if it has this one. */
  isEmpty?: boolean;
}

const atOnce = 4;

/** Reads what the store has of a backup. The files are looked up of those completed manifests that `which` chooses. */
export async function gatherStore(
  backupId: number,
  store: BackupStore,
  which: (place: StoredManifest) => boolean = () => true,
): Promise<StoreSeen> {
  const manifests = await store.manifests(backupId);
  const { home, location } = store.files;
  if (manifests.length === 0) {
    return { home, location, manifests, completed: [], isEmpty: (await store.ids()).length === 0 };
  }
  const completed = manifests.flatMap((place) =>
    place.manifest?.state === 'COMPLETED' && which(place) ? [{ place, manifest: place.manifest }] : [],
  );
  return {
    home,
    location,
    manifests,
    completed: await sideBySide(completed, atOnce, async ({ place, manifest }) => {
      const files = await factOf(async () => sizesOf(await store.filesOf(place)));
      return { place, manifest, files, checksums: await checksumsOf({ place, manifest, files }, store) };
    }),
  };
}

const sizesOf = (files: StoredFile[]) => new Map(files.map(({ name, bytes }) => [name, bytes]));

/** The file in a snapshot that has the checksums of the others. */
export function checksumFileOf({ snapshot = [] }: ZeebeManifest): ListedFile | undefined {
  return snapshot.find(({ name }) => name.endsWith('.checksum'));
}

async function checksumsOf(
  { place, manifest, files }: Omit<CompletedManifest, 'checksums'>,
  store: BackupStore,
): Promise<Fact<Checksums> | undefined> {
  const listed = checksumFileOf(manifest);
  // A file that is missing is told as such.
  if (!listed || !files.known?.has(`snapshot/${listed.name}`)) return undefined;
  return factOf(async () => {
    const decompress = listed.compression === undefined ? undefined : decompressor(listed.compression);
    if (decompress === 'not known') {
      return { strange: `it is compressed with ${listed.compression}, which is not known here` };
    }
    const pieces: Buffer[] = [];
    try {
      const name = `${place.contents}snapshot/${listed.name}`;
      await store.files.read(name, (piece) => pieces.push(piece), { decompress });
    } catch (error) {
      if (isCorrupt(error)) return { damaged: error.message };
      throw error;
    }
    return readChecksums(Buffer.concat(pieces).toString('utf8'));
  });
}

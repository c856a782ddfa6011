import { consistsOfSnapshots } from '../components/kinds.ts';
import type { Context } from '../context.ts';
import { BackupError, isBackupError } from '../errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Manifest } from '../ledger/manifest.ts';
import { readManifestsOrProblems } from '../ledger/read-manifests.ts';
import type { SnapshotFacts } from '../ledger/restore-facts.ts';
import type { Verification } from '../ledger/verification.ts';
import { sideBySide } from '../side-by-side.ts';
import { type Asking, patienceSeconds, readsAtOnce } from './sources.ts';
import { verificationOf } from './verified.ts';

type Needs = Pick<Context, 'ledger' | 'clock'>;

/** What the ledger has of a backup. */
export interface Recorded {
  manifest: Manifest;
  /** The last verification, which only a backup that is COMPLETED has. */
  verification: Verification | undefined;
}

/** The backups in the ledger, of which only those are read that are asked for. */
export interface Books {
  /** The newest first; undefined if the ledger could not be asked. */
  ids: number[] | undefined;
  /** False if the ledger may have older backups than those in `ids`. */
  isWhole: boolean;
  /** Lists every id, the newest first; none if the ledger gives no answer. */
  allIds: () => Promise<number[]>;
  /**
   * Reads these backups. One that the ledger does not have is missing, and one whose manifest cannot be read is an error.
   * The result is undefined if the ledger gave no answer.
   */
  read: (ids: number[]) => Promise<Map<number, Recorded | BackupError> | undefined>;
  /** Reads how many bytes a restore of a backup's snapshots brings back, once; undefined if that is not known. */
  bytes: (manifest: Manifest) => Promise<number | undefined>;
}

/** Lists the newest `count` backups of the ledger, or all of them. */
export async function openBooks(
  cluster: string,
  { count, asking }: { count: number | undefined; asking: Asking },
  context: Needs,
): Promise<Books> {
  const { ledger } = context;
  const all = async () => (await ledger.backupIds(cluster)).reverse();
  const { known: ids } = await asking.ask('ledger', () =>
    count === undefined ? all() : ledger.newestIds(cluster, count, context),
  );
  if (ids?.length === 0) {
    const { known: empty } = await asking.ask('ledger', () => ledger.nothingOf(cluster));
    if (empty) {
      const { message: says, remedy } = empty;
      asking.note({ name: 'ledger', answered: true, says, ...(remedy ? { remedy } : {}) });
    }
  }
  const listed = new Set(ids);
  const sizes = new Map<number, Promise<number | undefined>>();
  let isSilent = ids === undefined;
  const known = new Map<number, Recorded | BackupError>();
  return {
    ids,
    isWhole: ids === undefined || count === undefined || ids.length < count,
    allIds: async () => {
      const { known: every = [] } = await asking.ask('ledger', all, patienceSeconds);
      for (const id of every) listed.add(id);
      return every;
    },
    read: async (wanted) => {
      // A ledger that gave no answer once is not waited for again and again.
      if (isSilent) return undefined;
      const unread = wanted.filter((id) => listed.has(id) && !known.has(id));
      const answer = await asking.ask('ledger', () => readAll(cluster, unread, context), patienceSeconds);
      isSilent = answer.unknown !== undefined;
      if (!answer.known) return undefined;
      for (const [id, found] of answer.known) known.set(id, found);
      return known;
    },
    bytes: (manifest) => {
      const { backupId } = manifest;
      const asked =
        sizes.get(backupId) ??
        asking
          .ask('ledger', () => bytesOfSnapshots(manifest, ledger), patienceSeconds)
          .then((answer) => answer.known);
      sizes.set(backupId, asked);
      return asked;
    },
  };
}

async function readAll(
  cluster: string,
  ids: number[],
  context: Needs,
): Promise<[number, Recorded | BackupError][]> {
  const manifests = await readManifestsOrProblems(cluster, ids, context);
  const found = await sideBySide(
    [...manifests],
    readsAtOnce,
    async ([id, manifest]): Promise<[number, Recorded | BackupError][]> => {
      if (manifest === undefined || manifest instanceof BackupError) return manifest ? [[id, manifest]] : [];
      const verification =
        manifest.state === 'COMPLETED' ? await verificationOf(manifest, context) : undefined;
      return [[id, { manifest, verification }]];
    },
  );
  return found.flat();
}

/**
 * Reads how many bytes a restore of a backup's snapshots brings back; undefined if that is not known of every component,
 * or if there is none.
 */
async function bytesOfSnapshots(manifest: Manifest, ledger: Ledger): Promise<number | undefined> {
  const { cluster, backupId, expectedComponents } = manifest;
  return sumOfBytes(
    await Promise.all(
      expectedComponents.filter(consistsOfSnapshots).map(async (component) => {
        try {
          return (await ledger.readSnapshots(cluster, backupId, component))?.snapshots;
        } catch (error) {
          if (isBackupError(error, 'LedgerCorrupt')) return undefined;
          throw error;
        }
      }),
    ),
  );
}

/** Adds up the bytes of each component's snapshots; undefined if some are not known. */
export function sumOfBytes(ofComponents: (SnapshotFacts[] | undefined)[]): number | undefined {
  const sizes = ofComponents.flatMap((snapshots) => snapshots?.map(({ bytes }) => bytes) ?? [undefined]);
  const total = sizes.reduce((sum: number, bytes) => sum + (bytes ?? Number.NaN), 0);
  return sizes.length === 0 || Number.isNaN(total) ? undefined : total;
}

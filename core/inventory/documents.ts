import { factOf } from '../checks/fact.ts';
import { type ComponentName, consistsOfSnapshots } from '../components/kinds.ts';
import type { Context } from '../context.ts';
import { BackupError, isBackupError } from '../errors.ts';
import type { ComponentEntry, Manifest } from '../ledger/manifest.ts';
import { readManifestsOrProblems } from '../ledger/read-manifests.ts';
import type { RestoreFacts, SnapshotFacts } from '../ledger/restore-facts.ts';
import type { Verification } from '../ledger/verification.ts';
import type { Surroundings } from './judge.ts';
import type { Asking } from './sources.ts';
import { isAfterItsEnd } from './verified.ts';

/** Everything that the ledger has of one backup. */
export interface Documents {
  /** False if the ledger gave no answer. */
  isRead: boolean;
  /** The manifest, or the error if it cannot be read; undefined if there is none. */
  manifest: Manifest | BackupError | undefined;
  verification: Verification | undefined;
  /** The entries of its components, also while its run is at work. */
  entries: ComponentEntry[];
  facts: RestoreFacts | undefined;
  /** The facts about the snapshots of each component that has snapshots; undefined if there are none. */
  counted: Map<ComponentName, SnapshotFacts[] | undefined>;
  atWork: Surroundings['atWork'];
}

/** Reads the documents of a backup. One that this version cannot read is noted, and counts as missing. */
export async function readDocuments(
  cluster: string,
  backupId: number,
  asking: Asking,
  context: Pick<Context, 'ledger'>,
): Promise<Documents> {
  const { ledger } = context;
  const { known } = await asking.ask('ledger', async (): Promise<Documents> => {
    const manifest = (await readManifestsOrProblems(cluster, [backupId], context)).get(backupId);
    const readable = manifest instanceof BackupError ? undefined : manifest;
    const isRunning = readable?.state === 'RUNNING';
    const snapshots = readable?.expectedComponents.filter(consistsOfSnapshots) ?? [];
    const [verified, facts, entries, lock, ...counted] = await Promise.all([
      unlessCorrupt(() => ledger.readVerification(cluster, backupId)),
      unlessCorrupt(() => ledger.readRestoreFacts(cluster, backupId)),
      isRunning ? ledger.readEntries(cluster, backupId) : (readable?.components ?? []),
      isRunning ? ledger.readHolderIfPossible(cluster) : undefined,
      ...snapshots.map(async (component): Promise<[ComponentName, SnapshotFacts[] | undefined]> => {
        const found = await unlessCorrupt(() => ledger.readSnapshots(cluster, backupId, component));
        return [component, found?.snapshots];
      }),
    ]);
    const isOfRecord = verified && readable && isAfterItsEnd(verified, readable);
    const verification = isOfRecord ? verified : undefined;
    const atWork = isRunning ? { backupId: lock?.backupId } : undefined;
    return { isRead: true, manifest, verification, entries, facts, counted: new Map(counted), atWork };
  });

  async function unlessCorrupt<T>(read: () => Promise<T>): Promise<T | undefined> {
    const fact = await factOf(read);
    if (!fact.unknown) return fact.known;
    if (!isBackupError(fact.unknown, 'LedgerCorrupt')) throw fact.unknown;
    asking.note({ name: 'ledger', answered: true, says: fact.unknown.message });
    return undefined;
  }

  return known ?? nothing;
}

const nothing: Documents = {
  isRead: false,
  manifest: undefined,
  verification: undefined,
  entries: [],
  facts: undefined,
  counted: new Map(),
  atWork: undefined,
};

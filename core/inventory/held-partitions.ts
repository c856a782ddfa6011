import type { StoredManifest } from '../components/zeebe/store/backup-store.ts';
import { openBackupStore } from '../components/zeebe/store/open.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { sideBySide } from '../side-by-side.ts';
import { type Asking, readsAtOnce, sayTooLong, type ToRead } from './sources.ts';

/** The backups in Zeebe's backup store. */
export interface HeldPartitions {
  /** The location of the store, for people. */
  home: string;
  ids: Set<number>;
  /** The manifests of the backups that were read. */
  read: Map<number, StoredManifest[]>;
}

/** Lists the backups in Zeebe's store. Only the manifests of the backups that `toRead` chooses are read. */
export async function askZeebeStore(
  { zeebe }: ClusterConfig,
  asking: Asking,
  toRead: ToRead,
  context: Pick<Context, 'clock'>,
): Promise<HeldPartitions | undefined> {
  const settings = zeebe.store;
  if (!settings?.s3 && !settings?.folder) return undefined;
  const { known } = await asking.ask('zeebeStore', async () => {
    await using store = await openBackupStore(settings, context);
    return store && { ids: await store.ids(), home: store.files.home };
  });
  if (!known) return undefined;
  const { home } = known;
  sayTooLong('zeebeStore', `The backup store ${home}`, known.ids, asking);
  const ids = known.ids.filter((id) => typeof id === 'number');
  const read = new Map<number, StoredManifest[]>();
  await asking.ask('zeebeStore', async () => {
    const wanted = await toRead(ids);
    if (wanted.length === 0) return;
    await using store = await openBackupStore(settings, context);
    await sideBySide(wanted, readsAtOnce, async (id) => {
      const manifests = (await store?.manifests(id)) ?? [];
      if (manifests.length > 0) read.set(id, manifests);
    });
  });
  return { home, ids: new Set(ids), read };
}

import type { ClusterConfig } from '../../../config/schema.ts';
import { closing } from '../../closing.ts';
import type { OpeningNeeds } from '../../kind.ts';
import { type BackupStore, backupStore } from './backup-store.ts';
import { folderFiles } from './folder-files.ts';

type StoreSettings = NonNullable<ClusterConfig['zeebe']['store']>;

/**
 * Opens Zeebe's backup store until the end of the block: `await using store = await openBackupStore(…)`; undefined if the
 * store is in a cloud that is not read here. It asks nothing yet.
 */
export async function openBackupStore(
  { s3, folder }: StoreSettings,
  context: Pick<OpeningNeeds, 'clock'>,
): Promise<(BackupStore & AsyncDisposable) | undefined> {
  const files = s3 ? await filesInS3(s3) : folder === undefined ? undefined : folderFiles(folder);
  return files && closing(backupStore(files), async () => files.close(), context);
}

/** Loads the client of S3 only for a store in S3. */
async function filesInS3({ bucket, basePath, region, endpoint }: NonNullable<StoreSettings['s3']>) {
  const [{ s3Client }, { s3Files }] = await Promise.all([
    import('../../../connect/s3-client.ts'),
    import('./s3-files.ts'),
  ]);
  const client = s3Client({ region, endpoint, ...(endpoint === undefined ? {} : { forcePathStyle: true }) });
  return s3Files({ bucket, basePath, client });
}

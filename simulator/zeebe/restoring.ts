import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '../store/open.ts';
import type { ObjectStore } from '../store/store.ts';
import { partitionFolder } from './broker.ts';
import { Catalog, type Found } from './catalog.ts';
import { Log } from './log.ts';
import { Snapshots } from './snapshots.ts';

interface RestoreOptions {
  /** The data directory, which is missing or empty. */
  data: string;
  /** The minor version, such as `8.8`. */
  camunda: string;
  partitions: number;
  store: string | ObjectStore;
  backupId: number;
}

/** In a fresh volume, this folder is no data. */
const IGNORED = 'lost+found';

/**
 * Fills an empty data directory from a completed backup, as Zeebe's `bin/restore` does. The exporters go on from the
 * position that the snapshot in the backup holds. A failed restore leaves an empty directory.
 *
 * @throws an Error with the message that the real one logs.
 */
export async function restoreBroker(options: RestoreOptions): Promise<void> {
  const { data, camunda, partitions, store, backupId } = options;
  await mkdir(data, { recursive: true });
  if ((await contentOf(data)).length > 0) {
    throw new Error(
      `Brokers's data directory ${data} is not empty. Aborting restore to avoid overwriting data. ` +
        'Please restart with a clean directory.',
    );
  }
  const catalog = new Catalog(openStore(store), camunda);
  const found = await catalog.find(backupId);
  try {
    for (let partition = 1; partition <= partitions; partition += 1) {
      const own = found.filter(({ manifest }) => manifest.partition === partition);
      const backup = own.find(({ manifest }) => manifest.status === 'COMPLETED');
      if (backup === undefined) throw new Error(`Could not find a completed backup with id ${backupId}.`);
      await restorePartition(catalog, backup, partitions, partitionFolder(data, partition));
    }
  } catch (error) {
    for (const name of await contentOf(data)) await rm(join(data, name), { recursive: true });
    throw error;
  }
}

const contentOf = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name !== IGNORED);

async function restorePartition(catalog: Catalog, backup: Found, partitions: number, folder: string) {
  const { partition, id, descriptor, snapshot, segments } = backup.manifest;
  const { numberOfPartitions, checkpointPosition, snapshotId } = descriptor;
  if (numberOfPartitions !== partitions) {
    throw new Error(`Expected backup to have ${partitions} partitions, but has ${numberOfPartitions}`);
  }
  const aside = join(folder, `restoring-${id}`);
  const download = async (kind: 'snapshot' | 'segments', name: string, path: string) => {
    const content = await catalog.readContent(backup, kind, name);
    if (content === undefined) throw new Error(`There is no ${kind}/${name}, which the manifest lists.`);
    await writeFile(join(aside, path), content);
  };
  await mkdir(join(aside, 'snapshots', snapshotId ?? ''), { recursive: true });
  for (const name of segments) await download('segments', name, name);
  for (const name of snapshot) {
    const isChecksum = name === `${snapshotId}.checksum`;
    await download('snapshot', name, join('snapshots', isChecksum ? '' : (snapshotId ?? ''), name));
  }
  for (const name of await readdir(aside)) await rename(join(aside, name), join(folder, name));
  await rmdir(aside);
  if (new Snapshots(join(folder, 'snapshots'), '').latest?.id !== snapshotId) {
    throw new Error(`The files of snapshot ${snapshotId} do not agree with its checksum file.`);
  }
  const log = new Log(folder, partition, 1);
  log.cutAfter(checkpointPosition);
  const last = log.last?.records.at(-1);
  if (last?.position === checkpointPosition && last.valueType === 'CHECKPOINT') return;
  const why = `Cannot find a record at checkpoint position ${checkpointPosition} in the log.`;
  throw new Error(`Failed to restore from backup. ${why}`);
}

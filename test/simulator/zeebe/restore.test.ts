import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { restoreBroker } from '../../../simulator/zeebe/index.ts';
import { Kept, type MemoryStore, memoryStore, newFolder, start } from './world.ts';

const LOG = '1/100/0/segments/raft-partition-partition-1-1.log';

/** Two partitions with backup 100, in the middle of whose copy another instance is created. */
async function backedUp(store: MemoryStore) {
  const broker = await start({ store, partitions: 2, exporters: [new Kept()] });
  for (const order of ['a', 'b', 'c']) broker.createInstance(order, { jobs: 2 });
  await broker.exported();
  broker.snapshot();
  for (const { key } of broker.activateJobs({ count: 3, timeoutMs: 1000 })) broker.completeJob(key);
  await broker.exported();
  await broker.backups.take(100, undefined);
  const truth = broker.instances();
  for (const order of ['late', 'later']) broker.createInstance(order);
  await broker.copied();
  await broker.close();
  return truth;
}

const restored = (
  store: MemoryStore,
  options: { data?: string; partitions?: number; backupId?: number } = {},
) => ({
  data: newFolder(),
  camunda: '8.8',
  partitions: 2,
  backupId: 100,
  store,
  ...options,
});

describe('a restore', () => {
  it('brings back what was there at the checkpoint, and nothing of what the segments have after it', async () => {
    const store = memoryStore();
    const truth = await backedUp(store);
    expect(store.objects.get(LOG)).toContain('"order":"later"');
    const { data } = restored(store);
    await restoreBroker(restored(store, { data }));
    const broker = await start({ data, store, partitions: 2 });
    expect(broker.instances()).toEqual(truth);
    expect(broker.backups.checkpoint).toBe(100);
    const { key } = broker.createInstance('new');
    expect(truth.map((instance) => instance.key)).not.toContain(key);
    expect(broker.exporting.processed(1)).toBeGreaterThan(0);
  });

  it('exports again from the position that the copied snapshot holds, whatever was paused before', async () => {
    const store = memoryStore();
    await backedUp(store);
    const { data } = restored(store);
    await restoreBroker(restored(store, { data }));
    const kept = new Kept();
    const broker = await start({ data, store, partitions: 2, exporters: [kept] });
    await broker.exported();
    // Partition 1 had two instances with three records each in the snapshot. A batch of jobs is no record for exporters.
    expect(kept.positions(1)).toEqual([8, 9, 10, 11]);
    expect(broker.exporting.phases().map(({ phase }) => phase)).toEqual(['EXPORTING', 'EXPORTING']);
  });

  it('begins at the first record if the backup has no snapshot', async () => {
    const store = memoryStore();
    const broker = await start({ store });
    broker.createInstance('a');
    await broker.backups.take(100, undefined);
    await broker.copied();
    const data = newFolder();
    await restoreBroker(restored(store, { data, partitions: 1 }));
    const kept = new Kept();
    const again = await start({ data, exporters: [kept] });
    await again.exported();
    expect(kept.positions()).toEqual([1, 2, 3]);
    expect(again.instances()).toEqual(broker.instances());
  });

  it('refuses a directory that is not empty, and leaves it as it is', async () => {
    const data = newFolder();
    writeFileSync(join(data, 'x'), '');
    await expect(restoreBroker(restored(memoryStore(), { data }))).rejects.toThrow(
      `Brokers's data directory ${data} is not empty. Aborting restore to avoid overwriting data. Please restart with a clean directory.`,
    );
    expect(readdirSync(data)).toEqual(['x']);
  });

  const missing = 'Could not find a completed backup with id 100.';
  it.each<{ title: string; harm: (store: MemoryStore) => void; partitions?: number; message: string }>([
    { title: 'an unknown id', harm: (store) => store.objects.clear(), message: missing },
    {
      title: 'a backup that is not completed on every partition',
      harm: (store) =>
        edit(store, '2/100/0/manifest.json', (text) => text.replace('"completed"', '"in_progress"')),
      message: missing,
    },
    {
      title: 'another count of partitions',
      harm: () => undefined,
      partitions: 1,
      message: 'Expected backup to have 1 partitions, but has 2',
    },
    {
      title: 'a log without the checkpoint',
      harm: (store) => edit(store, LOG, (text) => text.split('\n').slice(0, 3).join('\n').concat('\n')),
      message: 'Failed to restore from backup. Cannot find a record at checkpoint position 12 in the log.',
    },
    {
      title: 'a file that is gone',
      harm: (store) => store.objects.delete(LOG),
      message: 'There is no segments/raft-partition-partition-1-1.log, which the manifest lists.',
    },
    {
      title: 'a damaged file of the snapshot',
      harm: (store) => edit(store, '1/100/0/snapshot/jobs.json', (text) => text.replace('"a"', '"b"')),
      message: 'The files of snapshot 2-1-6-6-0 do not agree with its checksum file.',
    },
  ])('refuses $title, and leaves the directory empty', async ({ harm, partitions, message }) => {
    const store = memoryStore();
    await backedUp(store);
    harm(store);
    const data = newFolder();
    mkdirSync(join(data, 'lost+found'));
    await expect(restoreBroker(restored(store, { data, ...(partitions && { partitions }) }))).rejects.toThrow(
      message,
    );
    expect(readdirSync(data)).toEqual(['lost+found']);
  });
});

describe('a start', () => {
  it('ignores a snapshot that a kill left without its checksum file', async () => {
    const data = newFolder();
    const broker = await start({ data });
    broker.createInstance('a');
    broker.snapshot();
    await broker.close();
    const snapshots = join(data, 'raft-partition/partitions/1/snapshots');
    mkdirSync(join(snapshots, '9-1-9-9-0'));
    appendFileSync(join(snapshots, '9-1-9-9-0', 'keys.json'), '{}');
    expect((await start({ data })).instances()).toEqual(broker.instances());
    expect(readdirSync(snapshots).sort()).toEqual([
      '1-1-3-9223372036854775807-0',
      '1-1-3-9223372036854775807-0.checksum',
    ]);
  });

  it('is refused if the log begins after the snapshot ends', async () => {
    const data = newFolder();
    const broker = await start({ data, pacing: { segmentBytes: 1 } });
    for (const order of ['a', 'b']) broker.createInstance(order);
    broker.snapshot();
    await broker.close();
    const snapshots = join(data, 'raft-partition/partitions/1/snapshots');
    for (const name of readdirSync(snapshots))
      if (name.endsWith('.checksum')) writeFileSync(join(snapshots, name), '');
    await expect(start({ data })).rejects.toThrow(
      'The log of partition 1 begins at 4, but the latest snapshot ends at 0.',
    );
  });
});

function edit(store: MemoryStore, key: string, change: (text: string) => string): void {
  store.objects.set(key, change(store.objects.get(key) ?? ''));
}

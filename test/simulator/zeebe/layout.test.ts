import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { jsonOf, Kept, type MemoryStore, memoryStore, newFolder, start } from './world.ts';

/** Takes backup 100 of two partitions, of which the first has a snapshot of its first instance. */
async function backUp(camunda: string, store: MemoryStore | string): Promise<void> {
  const broker = await start({ camunda, store, partitions: 2, exporters: [new Kept()] });
  broker.createInstance('a');
  await broker.exported();
  broker.snapshot();
  broker.createInstance('b');
  broker.createInstance('c');
  await broker.backups.take(100, undefined);
  await broker.copied();
}

const names = ['exporters.json', 'instances.json', 'jobs.json', 'keys.json', 'zeebe.metadata'];

describe('a backup in the store', () => {
  it.each([
    { camunda: '8.5', snapshotId: '1-1-3-3' },
    { camunda: '8.8', snapshotId: '1-1-3-3-0' },
  ])('of $camunda in S3 has the first layout', async ({ camunda, snapshotId }) => {
    const store = memoryStore();
    await backUp(camunda, store);
    expect([...store.objects.keys()].sort()).toEqual([
      '1/100/0/manifest.json',
      '1/100/0/segments/raft-partition-partition-1-1.log',
      ...[`${snapshotId}.checksum`, ...names].map((name) => `1/100/0/snapshot/${name}`),
      '2/100/0/manifest.json',
      '2/100/0/segments/raft-partition-partition-2-1.log',
    ]);
    expect(jsonOf(store, '1/100/0/manifest.json')).toEqual({
      id: { nodeId: 0, partitionId: 1, checkpointId: 100 },
      descriptor: {
        snapshotId,
        checkpointPosition: 7,
        numberOfPartitions: 2,
        brokerVersion: `${camunda}.0`,
      },
      statusCode: 'completed',
      snapshotFiles: {
        files: Object.fromEntries([...names, `${snapshotId}.checksum`].map((name) => [name, {}])),
      },
      segmentFiles: { files: { 'raft-partition-partition-1-1.log': {} } },
      createdAt: 1795240800,
      modifiedAt: 1795240800,
    });
    expect(jsonOf(store, '2/100/0/manifest.json')).toMatchObject({
      descriptor: { checkpointPosition: 4, numberOfPartitions: 2, brokerVersion: `${camunda}.0` },
      snapshotFiles: { files: {} },
    });
    expect(jsonOf(store, '2/100/0/manifest.json')).not.toHaveProperty('descriptor.snapshotId');
  });

  it('of 8.9 in S3 has the second layout', async () => {
    const store = memoryStore();
    await backUp('8.9', store);
    expect([...store.objects.keys()].sort()).toEqual([
      'contents/1/100/0/segments/raft-partition-partition-1-1.log',
      ...['1-1-3-3-0.checksum', ...names].map((name) => `contents/1/100/0/snapshot/${name}`),
      'contents/2/100/0/segments/raft-partition-partition-2-1.log',
      'manifests/1/100/0/manifest.json',
      'manifests/2/100/0/manifest.json',
    ]);
    expect(jsonOf(store, 'manifests/2/100/0/manifest.json')).toEqual({
      id: { nodeId: 0, partitionId: 2, checkpointId: 100 },
      descriptor: {
        checkpointPosition: 4,
        numberOfPartitions: 2,
        brokerVersion: '8.9.0',
        checkpointTimestamp: '2026-11-21T06:00:00.000Z',
        checkpointType: 'MANUAL_BACKUP',
        firstLogPosition: 1,
      },
      statusCode: 'completed',
      snapshotFiles: { files: {} },
      segmentFiles: { files: { 'raft-partition-partition-2-1.log': {} } },
      createdAt: '2026-11-21T06:00:00.000Z',
      modifiedAt: '2026-11-21T06:00:00.000Z',
    });
  });

  it('of 8.8 in a folder lists its files in an array and has its state in capitals', async () => {
    const folder = newFolder();
    await backUp('8.8', folder);
    const manifest: unknown = JSON.parse(
      readFileSync(join(folder, 'manifests/1/100/0/manifest.json'), 'utf8'),
    );
    expect(manifest).toEqual({
      id: { nodeId: 0, partitionId: 1, checkpointId: 100 },
      descriptor: {
        snapshotId: '1-1-3-3-0',
        checkpointPosition: 7,
        numberOfPartitions: 2,
        brokerVersion: '8.8.0',
      },
      statusCode: 'COMPLETED',
      snapshot: { files: [...names, '1-1-3-3-0.checksum'].map((name) => ({ name })) },
      segments: { files: [{ name: 'raft-partition-partition-1-1.log' }] },
      createdAt: '2026-11-21T06:00:00.000Z',
      modifiedAt: '2026-11-21T06:00:00.000Z',
    });
    expect(readdirSync(join(folder, 'contents/1/100/0/snapshot')).sort()).toEqual([
      '1-1-3-3-0.checksum',
      ...names,
    ]);
    expect(existsSync(join(folder, 'contents/2/100/0/snapshot'))).toBe(false);
  });

  it('cannot be in a folder before 8.8', async () => {
    await expect(start({ camunda: '8.7', store: newFolder() })).rejects.toThrow(
      'Camunda 8.7 cannot store backups in a folder, which exists from 8.8 on. Use S3.',
    );
  });

  it('of 8.8 is still read by 8.9, which deletes it too', async () => {
    const store = memoryStore();
    await backUp('8.8', store);
    const { backups } = await start({ camunda: '8.9', store, partitions: 2 });
    expect(await backups.info(100)).toMatchObject({ state: 'COMPLETED' });
    await backups.delete(100);
    expect([...store.objects.keys()]).toEqual([]);
  });
});

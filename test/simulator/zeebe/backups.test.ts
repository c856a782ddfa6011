import { describe, expect, it } from '@jest/globals';
import { jsonOf, Kept, type MemoryStore, memoryStore, newFolder, start } from './world.ts';

const CANCELLED = 'Backup is cancelled due to leader change.';
const REFUSED =
  'software.amazon.awssdk.core.exception.SdkClientException: Unable to execute HTTP request: Connection refused: /127.0.0.1:5566';

/** A broker with a snapshot, a later record, and backup 100 begun. */
async function begin(store: MemoryStore, data = newFolder(), segmentBytes = 65_536) {
  const broker = await start({ data, store, exporters: [new Kept()], pacing: { segmentBytes } });
  broker.createInstance('a');
  await broker.exported();
  broker.snapshot();
  broker.createInstance('b');
  await broker.backups.take(100, undefined);
  return broker;
}

/** Holds up the write with this number (1 is the first) until it is let through or lost. */
function holdAt(store: MemoryStore, number: number) {
  const reached = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  let writes = 0;
  store.beforePut = async () => {
    writes += 1;
    if (writes !== number) return;
    reached.resolve();
    await held.promise;
  };
  const lose = () => held.reject(new Error('The connection is gone.'));
  return { reached: reached.promise, letThrough: held.resolve, lose };
}

describe('a backup', () => {
  it('shows what was recorded, with less about a failed one and in the list', async () => {
    const store = memoryStore();
    const { backups, copied } = await begin(store);
    await copied();
    const times = { createdAt: '2026-11-21T06:00:00.000Z', lastUpdatedAt: '2026-11-21T06:00:00.000Z' };
    const about = { snapshotId: '1-1-3-3-0', checkpointPosition: 7, brokerVersion: '8.8.0' };
    expect(await backups.info(100)).toEqual({
      backupId: 100,
      state: 'COMPLETED',
      details: [{ partitionId: 1, state: 'COMPLETED', ...times, ...about }],
    });
    const { createdAt } = times;
    expect(await backups.list()).toEqual([
      {
        backupId: 100,
        state: 'COMPLETED',
        details: [{ partitionId: 1, state: 'COMPLETED', createdAt, brokerVersion: '8.8.0' }],
      },
    ]);
    expect(await backups.info(99)).toBeUndefined();
  });

  it('is IN_PROGRESS while it copies, object by object, and a second one may run beside it', async () => {
    const store = memoryStore();
    const broker = await start({ store, pacing: { copyMs: 1000 } });
    broker.createInstance('a');
    const held = holdAt(store, 2);
    await broker.backups.take(100, undefined);
    await held.reached;
    expect(await broker.backups.info(100)).toMatchObject({ state: 'IN_PROGRESS' });
    await broker.backups.take(101, undefined);
    held.letThrough();
    await broker.copied();
    expect((await broker.backups.list()).map(({ state }) => state)).toEqual(['COMPLETED', 'COMPLETED']);
  });

  it('has a checkpoint whose id and older ones are refused also after a restart', async () => {
    const data = newFolder();
    const first = await begin(memoryStore(), data);
    await first.close();
    expect((await start({ data })).backups.checkpoint).toBe(100);
  });

  it.each([
    { write: 1, left: 0, state: undefined },
    { write: 2, left: 1, state: 'FAILED' },
    { write: 7, left: 6, state: 'FAILED' },
    { write: 8, left: 7, state: 'FAILED' },
    { write: 9, left: 8, state: 'FAILED' },
  ])(
    'killed in write $write of 9 leaves the $left objects before it, and is $state after the restart',
    async (at) => {
      const store = memoryStore();
      const data = newFolder();
      const held = holdAt(store, at.write);
      const broker = await begin(store, data);
      await held.reached;
      const closed = broker.close();
      held.lose();
      await closed;
      expect(store.objects.size).toBe(at.left);
      if (at.left > 0)
        expect(jsonOf(store, '1/100/0/manifest.json')).toMatchObject({ statusCode: 'in_progress' });

      store.beforePut = () => undefined;
      const { backups } = await start({ store, data });
      const info = await backups.info(100);
      expect(info?.state).toBe(at.state);
      if (info === undefined) return;
      expect(info.failureReason).toBe(`Backup on partition 1 failed due to ${CANCELLED}. `);
      expect(info.details).toEqual([
        {
          partitionId: 1,
          state: 'FAILED',
          failureReason: CANCELLED,
          createdAt: '2026-11-21T06:00:00.000Z',
          lastUpdatedAt: '2026-11-21T06:00:00.000Z',
          snapshotId: '1-1-3-3-0',
        },
      ]);
    },
  );

  it.each([1, 3, 8, 9])(
    'killed in write %i writes no further object, even if that one arrives',
    async (write) => {
      const store = memoryStore();
      const held = holdAt(store, write);
      const broker = await begin(store);
      await held.reached;
      const closed = broker.close();
      held.letThrough();
      await closed;
      // The ninth write is the second one of the manifest.
      expect(store.objects.size).toBe(Math.min(write, 8));
      const statusCode = write === 9 ? 'completed' : 'in_progress';
      expect(jsonOf(store, '1/100/0/manifest.json')).toMatchObject({ statusCode });
    },
  );

  it('fails if the store fails in the middle, and says why', async () => {
    const store = memoryStore();
    store.beforePut = (key) => {
      if (key.includes('/segments/')) throw new Error('Service: S3, Status Code: 500');
    };
    const { backups, copied } = await begin(store);
    await copied();
    const info = await backups.info(100);
    expect(info).toMatchObject({ state: 'FAILED', details: [{ state: 'FAILED' }] });
    expect(info?.failureReason).toContain('Service: S3, Status Code: 500');
  });

  it('is never found if the store was down when it began, which the start does not say', async () => {
    const store = memoryStore();
    store.isDown = true;
    const { backups, copied } = await begin(store);
    await copied();
    await expect(backups.info(100)).rejects.toThrow(REFUSED);
    await expect(backups.list()).rejects.toThrow(REFUSED);
    await expect(backups.delete(100)).rejects.toThrow(REFUSED);
    store.isDown = false;
    expect(await backups.info(100)).toBeUndefined();
    expect(backups.checkpoint).toBe(100);
  });

  it('that a start cannot mark as failed stays IN_PROGRESS', async () => {
    const store = memoryStore();
    const data = newFolder();
    const held = holdAt(store, 2);
    const broker = await begin(store, data);
    await held.reached;
    const closed = broker.close();
    held.lose();
    await closed;
    store.isDown = true;
    const { backups } = await start({ store, data });
    store.isDown = false;
    expect(await backups.info(100)).toMatchObject({ state: 'IN_PROGRESS' });
  });

  it.each(['8.8', '8.9'])(
    'of %s is deleted with all its objects, also while it runs or if it is unknown',
    async (camunda) => {
      const store = memoryStore();
      const { backups, copied } = await start({ camunda, store, pacing: { copyMs: 1000 } });
      await backups.take(100, undefined);
      await copied();
      await backups.take(101, undefined);
      await backups.delete(101);
      expect(await backups.info(101)).toBeUndefined();
      expect((await backups.list()).map(({ backupId }) => backupId)).toEqual([100]);
      await backups.delete(100);
      await backups.delete(7);
      expect([...store.objects.keys()]).toEqual([]);
    },
  );

  it('is INCOMPLETE while a partition has none', async () => {
    const store = memoryStore();
    const { backups, copied } = await start({ store, partitions: 2 });
    await backups.take(100, undefined);
    await copied();
    store.objects.delete('2/100/0/manifest.json');
    expect(await backups.info(100)).toMatchObject({
      state: 'INCOMPLETE',
      details: [{ state: 'COMPLETED' }, { partitionId: 2, state: 'DOES_NOT_EXIST' }],
    });
  });

  it('keeps the snapshot and the log that it copies until it has copied them', async () => {
    const store = memoryStore();
    const data = newFolder();
    const held = holdAt(store, 2);
    const broker = await begin(store, data, 1);
    await held.reached;
    for (const order of ['c', 'd', 'e']) broker.createInstance(order);
    await broker.exported();
    broker.snapshot();
    held.letThrough();
    await broker.backups.take(101, undefined);
    await broker.copied();
    const snapshotIds = (await broker.backups.list()).map(({ backupId }) => broker.backups.info(backupId));
    expect(await Promise.all(snapshotIds)).toMatchObject([
      { state: 'COMPLETED', details: [{ snapshotId: '1-1-3-3-0', checkpointPosition: 7 }] },
      { state: 'COMPLETED', details: [{ snapshotId: '6-1-16-16-0', checkpointPosition: 17 }] },
    ]);
    const log = store.objects.get('1/100/0/segments/raft-partition-partition-1-2.log');
    expect(log).toContain('"order":"b"');
  });
});

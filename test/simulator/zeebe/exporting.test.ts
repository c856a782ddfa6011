import { describe, expect, it } from '@jest/globals';
import { VirtualTime } from '../../../simulator/virtual-time.ts';
import { Kept, newFolder, START, start } from './world.ts';

/** Lets the exporters do all that they can without a wait. */
const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('exporting', () => {
  it('goes on during a soft pause, which only stops the acknowledgement until the resume', async () => {
    const kept = new Kept();
    const { exporting, ...broker } = await start({ exporters: [kept] });
    broker.createInstance('a');
    await broker.exported();
    exporting.setPhase('SOFT_PAUSED');
    broker.createInstance('b');
    await broker.exported();
    expect(kept.positions()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(exporting.replica(0, 1)).toEqual({ phase: 'SOFT_PAUSED', exported: 3 });
    expect(exporting.processed(1)).toBe(6);
    exporting.setPhase('EXPORTING');
    expect(exporting.replica(0, 1)).toEqual({ phase: 'EXPORTING', exported: 6 });
  });

  it('stops during a hard pause', async () => {
    const kept = new Kept();
    const { exporting, ...broker } = await start({ exporters: [kept] });
    exporting.setPhase('PAUSED', { broker: 0 });
    broker.createInstance('a');
    await soon();
    expect(kept.positions()).toEqual([]);
    exporting.setPhase('EXPORTING');
    await broker.exported();
    expect(kept.positions()).toEqual([1, 2, 3]);
  });

  it.each(['PAUSED', 'SOFT_PAUSED'] as const)(
    'is still %s after a restart, partition by partition',
    async (phase) => {
      const data = newFolder();
      const broker = await start({ data, partitions: 2 });
      broker.exporting.setPhase(phase, { partition: 2 });
      await broker.close();
      const again = await start({ data, partitions: 2 });
      expect(again.exporting.phases()).toEqual([
        { broker: 0, partition: 1, phase: 'EXPORTING' },
        { broker: 0, partition: 2, phase },
      ]);
    },
  );

  it('tries again what an exporter rejected, while another exporter goes on', async () => {
    const clock = new VirtualTime(START);
    const [slow, fast] = [new Kept('slow'), new Kept('fast')];
    slow.isDown = true;
    const broker = await start({ clock, exporters: [slow, fast], pacing: { retryMs: 1000, batch: 2 } });
    broker.createInstance('a');
    await clock.sleep(2500);
    expect(fast.positions()).toEqual([1, 2, 3]);
    expect(slow.rejected).toBe(3);
    expect(broker.exporting.replica(0, 1)?.exported).toBe(-1);
    slow.isDown = false;
    await broker.exported();
    expect(slow.positions()).toEqual([1, 2, 3]);
    expect(broker.exporting.replica(0, 1)?.exported).toBe(3);
  });

  it('begins after a kill at the position that the latest snapshot holds', async () => {
    const data = newFolder();
    const broker = await start({ data, exporters: [new Kept()] });
    broker.createInstance('a');
    await broker.exported();
    broker.snapshot();
    broker.createInstance('b');
    await broker.exported();
    await broker.close();
    const kept = new Kept();
    const again = await start({ data, exporters: [kept] });
    await again.exported();
    expect(kept.positions()).toEqual([4, 5, 6]);
  });

  it('keeps the log that an exporter has not acknowledged, and no more', async () => {
    const data = newFolder();
    const kept = new Kept();
    const { exporting, ...broker } = await start({ data, exporters: [kept], pacing: { segmentBytes: 1 } });
    broker.createInstance('a');
    await broker.exported();
    exporting.setPhase('SOFT_PAUSED');
    for (const order of ['b', 'c', 'd']) broker.createInstance(order);
    await broker.exported();
    broker.snapshot();
    await broker.close();

    const late = new Kept();
    const second = await start({ data, exporters: [late], pacing: { segmentBytes: 1 } });
    await second.exported();
    expect(late.positions()).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12]);
    second.exporting.setPhase('EXPORTING');
    second.snapshot();
    await second.close();

    // Another exporter begins where the log begins, which is now its last entry.
    const other = new Kept('other');
    const third = await start({ data, exporters: [other] });
    await third.exported();
    expect(other.positions()).toEqual([10, 11, 12]);
    expect(third.instances().map(({ order }) => order)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is followed by a snapshot when the time for one has come', async () => {
    const clock = new VirtualTime(START);
    const data = newFolder();
    const broker = await start({ data, clock, exporters: [new Kept()], pacing: { snapshotEveryMs: 60_000 } });
    broker.createInstance('a');
    await broker.exported();
    await clock.sleep(60_000);
    broker.createInstance('b');
    await broker.exported();
    await broker.close();
    const kept = new Kept();
    const again = await start({ data, exporters: [kept] });
    await again.exported();
    expect(kept.positions()).toEqual([4, 5, 6]);
  });
});

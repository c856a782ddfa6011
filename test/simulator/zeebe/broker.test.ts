import { expect, test } from '@jest/globals';
import { restoreBroker } from '../../../simulator/zeebe/index.ts';
import { Kept, newFolder, start } from './world.ts';

test('A restart and a restore bring back the instances, and the exporters go on where the snapshot says', async () => {
  const data = newFolder();
  const store = newFolder();
  const first = await start({ data, store, partitions: 2, exporters: [new Kept()] });
  for (const order of ['a', 'b', 'c', 'd']) first.createInstance(order, { jobs: 2 });
  await first.exported();
  first.snapshot();
  for (const job of first.activateJobs({ count: 3, timeoutMs: 1000 })) first.completeJob(job.key);
  await first.backups.take(100, undefined);
  await first.copied();
  const truth = first.instances();
  await first.close();

  const second = await start({ data, store, partitions: 2 });
  expect(second.instances()).toEqual(truth);
  await second.close();

  const restored = newFolder();
  await restoreBroker({ data: restored, store, partitions: 2, camunda: '8.8', backupId: 100 });
  const kept = new Kept();
  const third = await start({ data: restored, store, partitions: 2, exporters: [kept] });
  await third.exported();
  expect(third.instances()).toEqual(truth);
  expect(third.backups.checkpoint).toBe(100);
  // The snapshot ends at 6, after two instances with a variable and a job each. Record 7 gave a worker two jobs.
  expect(kept.positions(1).at(0)).toBe(8);
});

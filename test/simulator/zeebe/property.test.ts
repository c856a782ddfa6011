import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { restoreBroker } from '../../../simulator/zeebe/index.ts';
import { Kept, memoryStore, newFolder, start } from './world.ts';

/** One step of a run. */
type Step =
  | { do: 'create'; jobs: number }
  | { do: 'complete'; which: number }
  | { do: 'export' | 'snapshot' | 'restart' | 'softPause' | 'resume' | 'restore' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('create' as const), jobs: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant('complete' as const), which: fc.nat(20) }),
  fc.record({ do: fc.constantFrom('export', 'snapshot', 'restart', 'softPause', 'resume', 'restore') }),
);

test('Any interleaving of work, exports, snapshots, restarts and restores leaves the instances of a simple model', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const store = memoryStore();
      const kept = new Kept();
      let data = newFolder();
      let id = 0;
      const open = () =>
        start({ data, store, partitions: 2, exporters: [kept], pacing: { segmentBytes: 1500, batch: 2 } });
      let broker = await open();
      /** The jobs of each instance that are left, by its key. */
      const model = new Map<string, { order: string; left: number }>();
      for (const one of steps) {
        if (one.do === 'create') {
          const order = `o${model.size}`;
          model.set(broker.createInstance(order, { jobs: one.jobs }).key, { order, left: one.jobs });
        } else if (one.do === 'complete') {
          const jobs = broker.activateJobs({ count: 100, timeoutMs: 0 });
          // Each active instance has one job, which nobody keeps for longer than no time.
          expect(jobs.map((job) => job.processInstanceKey).sort()).toEqual(
            [...model].flatMap(([key, { left }]) => (left > 0 ? [key] : [])).sort(),
          );
          const job = jobs[one.which % Math.max(1, jobs.length)];
          const instance = job && model.get(job.processInstanceKey);
          if (instance && broker.completeJob(job.key)) instance.left -= 1;
        } else if (one.do === 'export') await broker.exported();
        else if (one.do === 'snapshot') broker.snapshot();
        else if (one.do === 'softPause') broker.exporting.setPhase('SOFT_PAUSED');
        else if (one.do === 'resume') broker.exporting.setPhase('EXPORTING');
        else {
          if (one.do === 'restore') {
            id += 1;
            await broker.backups.take(id, undefined);
            await broker.copied();
          }
          await broker.close();
          if (one.do === 'restore') {
            data = newFolder();
            await restoreBroker({ data, store, partitions: 2, camunda: '8.8', backupId: id });
          }
          broker = await open();
        }
        expect(new Map(broker.instances().map((found) => [found.key, summary(found)]))).toEqual(
          new Map([...model].map(([key, { order, left }]) => [key, `${order} ${left}`])),
        );
      }
      await broker.exported();
      const exported = kept.records.filter(({ intent }) => intent === 'ELEMENT_ACTIVATED');
      expect(new Set(exported.map(({ key }) => key))).toEqual(new Set(model.keys()));
    }),
    { numRuns: 40 },
  );
});

function summary({
  order,
  jobs,
  done,
  state,
}: {
  order: string;
  jobs: number;
  done: number;
  state: string;
}): string {
  expect(state).toBe(done === jobs ? 'COMPLETED' : 'ACTIVE');
  return `${order} ${jobs - done}`;
}

import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { type Load, type LoadOptions, startLoad } from '../../../simulator/load/load.ts';
import { TestClock } from '../harness.ts';
import { serveFakeEngine } from './fake-engine.ts';

/** Runs the load for this many seconds of its own clock. */
async function loadFor(seconds: number, options: LoadOptions): Promise<Load> {
  const clock = new TestClock();
  const end = Promise.withResolvers<void>();
  const until = clock.now() + seconds * 1000;
  const sleep = clock.sleep.bind(clock);
  const load = startLoad({
    ...options,
    clock: {
      now: () => clock.now(),
      async sleep(ms) {
        await sleep(ms);
        if (clock.now() >= until) end.resolve();
      },
    },
  });
  await end.promise;
  await load.stop();
  return load;
}

test('The load creates instances at its rate, and completes most of them', async () => {
  const { url, instances } = await serveFakeEngine();
  const load = await loadFor(10, { url, rate: 4 });
  assert.equal(instances.length, 40);
  assert.deepEqual(
    [...load.accepted()],
    instances.map(({ order, key }) => [order, key]),
  );
  assert.equal(load.unanswered().size, 0);
  assert.ok(instances.filter(({ state }) => state === 'COMPLETED').length > 20);
  assert.equal(
    load.completedJobs(),
    instances.reduce((sum, { done }) => sum + done, 0),
  );
});

test('The load is the same for the same seed, and another one for another seed', async () => {
  const runs = [];
  for (const seed of [1, 1, 2]) {
    const { url, instances } = await serveFakeEngine();
    await loadFor(5, { url, rate: 4, seed });
    runs.push(instances.map(({ jobs, done }) => `${done} of ${jobs}`).join());
  }
  assert.equal(runs[0], runs[1]);
  assert.notEqual(runs[0], runs[2]);
});

test('The load goes on while the cluster is away, and knows which orders were accepted and which may exist', async () => {
  const { url, instances, faults } = await serveFakeEngine();
  faults.order({ operation: 'zeebe.createInstance', skip: 2, times: 3, kind: 'lostAnswer' });
  faults.order({ operation: 'zeebe.activateJobs', skip: 1, times: 2, kind: 'reset' });
  faults.order({ operation: 'zeebe.completeJob', times: 2, kind: { answer: { status: 503 } } });
  const load = await loadFor(5, { url, rate: 4 });
  assert.deepEqual([...load.unanswered()], ['order-1-3', 'order-1-4', 'order-1-5']);
  assert.equal(load.accepted().size, instances.length - 3);
  assert.equal(load.errors().length, 3 + 2 + 2);
  assert.ok(load.completedJobs() > 10);
});

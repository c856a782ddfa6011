import { test } from 'node:test';
import { race, untilTold } from '../support/race.ts';
import { bench } from './harness.ts';

test('of fifty starters at once, in five processes, one runs and 49 are SKIPPED', async (t) => {
  const { cluster, tell } = untilTold();
  const on = await bench(t, cluster);
  await race(t, { ...on, tell }, 4);
});

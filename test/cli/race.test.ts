import { test } from '@jest/globals';
import { race, untilTold } from '../support/race.ts';
import { bench } from './harness.ts';

test('Of fifty starters at once, in five processes, one runs and 49 are SKIPPED', async () => {
  const { cluster, tell } = untilTold();
  const on = await bench(cluster);
  await race({ ...on, tell }, 4);
});

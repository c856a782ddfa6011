import { describe, it, test } from '@jest/globals';
import { say } from './say.ts';

/**
 * The runner's functions, for tests that cannot run everywhere: given a reason, they skip what they are called with, and
 * the reason is said.
 */
export function unless(reason: string | false) {
  if (reason === false) return { describe, it, test };
  say(`Skipped: ${reason}`);
  return { describe: describe.skip, it: it.skip, test: test.skip };
}

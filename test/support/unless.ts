import { describe, it, test } from '@jest/globals';
import { say } from './say.ts';

/**
 * The runner's functions for tests that cannot run everywhere. With a reason, they skip their tests and print the
 * reason.
 */
export function unless(reason: string | false) {
  if (reason === false) return { describe, it, test };
  say(`Skipped: ${reason}`);
  return { describe: describe.skip, it: it.skip, test: test.skip };
}

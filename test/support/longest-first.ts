import { createRequire } from 'node:module';
import type { Test } from '@jest/reporters';

// The types of the package describe its CommonJS exports, and not the value that an import gets.
const sequencer: typeof import('@jest/test-sequencer', { with: { 'resolution-mode': 'require' }}) =
  createRequire(import.meta.url)('@jest/test-sequencer');

/** Files that mostly wait. The last one to begin delays the end, and their sizes do not show how long they take. */
const long = [
  'cli/death',
  'cli/demo',
  'cli/backup',
  'cli/dead-run-on-refusing-ledger',
  'cli/another-try',
  'cli/local/interruption',
  'cli/local/heartbeat',
  'cli/exporting',
  'cli/failure',
  'cli/pasted-commands',
  'cli/race',
];

/** Jest orders files by their last durations, which a fresh clone does not have. */
export default class LongestFirst extends sequencer.default {
  override async sort(tests: Test[]): Promise<Test[]> {
    const rank = ({ path }: Test) => {
      const found = long.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
      return found === -1 ? long.length : found;
    };
    return [...(await super.sort(tests))].sort((one, other) => rank(one) - rank(other));
  }
}

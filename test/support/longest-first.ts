import { createRequire } from 'node:module';
import type { Test } from '@jest/reporters';

// Its types are those of its CommonJS, and not of what an import gets.
const sequencer: typeof import('@jest/test-sequencer', { with: { 'resolution-mode': 'require' }}) =
  createRequire(import.meta.url)('@jest/test-sequencer');

/** They wait for most of their time. What begins last keeps everybody waiting, and their size tells nothing of it. */
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
  'infra/synth',
  'cli/pasted-commands',
  'cli/race',
];

/** Jest's own order knows how long a file took the last time, which in a fresh clone is not known of any. */
export default class LongestFirst extends sequencer.default {
  override async sort(tests: Test[]): Promise<Test[]> {
    const rank = ({ path }: Test) => {
      const found = long.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
      return found === -1 ? long.length : found;
    };
    return [...(await super.sort(tests))].sort((one, other) => rank(one) - rank(other));
  }
}

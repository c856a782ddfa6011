import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, test } from '@jest/globals';

const main = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));

/** What is typed behind `npm run simulator --`, and the first line of the answer. */
const mistakes: { typed: string[]; says: RegExp }[] = [
  { typed: ['--foo'], says: /^Unknown option '--foo'/ },
  { typed: ['--camunda', '9'], says: /^--camunda: is none of 8\.5, / },
  { typed: ['--partitions', 'x'], says: /^--partitions: is not a number$/ },
  { typed: ['--duration', 'foo=1'], says: /^--duration 1: is not COMPONENT=SECONDS, with one of zeebe, / },
  { typed: ['--fault', 'x'], says: /^--fault 1: is not JSON$/ },
  {
    typed: ['--fault', '{"operation":"zeebe.pauze","kind":"hang"}'],
    says: /^--fault 1, operation: is none of zeebe\.pause, /,
  },
  {
    typed: ['--fault', '{"component":"zeebe","kind":"neverends"}'],
    says: /^--fault 1, kind: is not a kind of fault .*README\.md/,
  },
  {
    typed: ['--fault', '{"operation":"zeebe.pause","kind":"hang","tims":3}'],
    says: /^--fault 1: has tims, which faults do not have$/,
  },
];

describe('mistakes on the command line of the simulator', () => {
  for (const { typed, says } of mistakes) {
    test(`The simulator refuses ${typed.join(' ')} in a sentence`, () => {
      const { status, stderr } = spawnSync(process.execPath, [main, ...typed], { encoding: 'utf8' });
      assert.equal(status, 2, stderr);
      assert.match(stderr.split('\n')[0] ?? '', says);
      assert.match(stderr, /npm run simulator -- \[options\]/);
      assert.doesNotMatch(stderr, /^\s+at .*:\d+/m, 'a stack trace');
    });
  }
});

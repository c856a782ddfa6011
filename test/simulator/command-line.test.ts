import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));

/** What is typed behind `npm run simulator --` → the first line of what is said. */
const mistakes: [string[], RegExp][] = [
  [['--foo'], /^Unknown option '--foo'/],
  [['--camunda', '9'], /^--camunda: is none of 8\.5, /],
  [['--partitions', 'x'], /^--partitions: is not a number$/],
  [['--duration', 'foo=1'], /^--duration 1: is not COMPONENT=SECONDS, with one of zeebe, /],
  [['--fault', 'x'], /^--fault 1: is no JSON$/],
  [
    ['--fault', '{"operation":"zeebe.pauze","kind":"hang"}'],
    /^--fault 1, operation: is none of zeebe\.pause, /,
  ],
  [
    ['--fault', '{"component":"zeebe","kind":"neverends"}'],
    /^--fault 1, kind: is no kind of fault .*README\.md/,
  ],
  [
    ['--fault', '{"operation":"zeebe.pause","kind":"hang","tims":3}'],
    /^--fault 1: has tims, which a fault has not$/,
  ],
];

describe('what is wrongly typed for the simulator is said in a sentence', { concurrency: 2 }, () => {
  for (const [args, says] of mistakes) {
    test(args.join(' '), () => {
      const { status, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
      assert.equal(status, 2, stderr);
      assert.match(stderr.split('\n')[0] ?? '', says);
      assert.match(stderr, /npm run simulator -- \[options\]/);
      assert.doesNotMatch(stderr, /^\s+at .*:\d+/m, 'a stack trace');
    });
  }
});

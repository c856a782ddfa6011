import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { Mistake } from '../../simulator/mistake.ts';
import { readRestoreArguments } from '../../simulator/restore-arguments.ts';

const right = ['--backup-id', '7', '--store', '/store', '--data', '/data'];

describe('The options of a restore of the simulated broker', () => {
  test('They are read, with three partitions of 8.8 if nothing else is said', () => {
    assert.deepEqual(readRestoreArguments(right), {
      'backup-id': 7,
      store: '/store',
      data: '/data',
      partitions: 3,
      camunda: '8.8',
    });
    assert.equal(readRestoreArguments(['--help']), 'help');
  });

  for (const { typed, says } of [
    { typed: ['--foo'], says: /^Unknown option '--foo'/ },
    { typed: [], says: /^--backup-id: is missing or not a number\n--store: is missing\n--data: is missing$/ },
    { typed: [...right, '--partitions', '0'], says: /^--partitions: is not above 0$/ },
    { typed: [...right, '--camunda', '9'], says: /^--camunda: is not a version such as 8\.8$/ },
  ]) {
    test(`\`${typed.join(' ')}\` is a mistake that is named`, () => {
      assert.throws(
        () => readRestoreArguments(typed),
        (error) => error instanceof Mistake && says.test(error.message),
      );
    });
  }
});

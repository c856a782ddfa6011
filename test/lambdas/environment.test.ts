import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { environment } from '../../lambdas/aws/environment.ts';

test('A ledger without a prefix is the same whether Lambda passes an empty variable on or omits it', () => {
  const others = { LEDGER_BUCKET: 'ledger-bucket', STACK_NAME: 'camunda-backup' };
  assert.deepEqual(environment.parse({ ...others, LEDGER_PREFIX: '' }), environment.parse(others));
  assert.equal(environment.parse(others).LEDGER_PREFIX, '');
});

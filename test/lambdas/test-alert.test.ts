import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { work } from '../../lambdas/watch/watch-over-exporting.ts';
import { fakeHttp, testContext } from '../core/fakes.ts';

const yaml = `
ledger: { folder: ./ledger }
clusters:
  first: { zeebe: { url: http://a:9600 } }
  second: { zeebe: { url: http://b:9600 } }
`;
const nobody = async () => assert.fail('Step Functions is not to be asked');
const watchdog = work({ state: nobody, stop: nobody, endedBadly: nobody, factsOf: nobody });

test('A test alert is sent by the watchdog in the way of a real one; no cluster is asked, and nothing is written or counted', async () => {
  const { http, calls } = fakeHttp();
  const context = testContext({ yaml, http });
  assert.deepEqual(await watchdog({ testAlert: { by: 'ann on laptop' } }, context), { testAlert: {} });
  assert.deepEqual(context.told, [
    {
      kind: 'testAlert',
      severity: 'WARNING',
      cluster: 'first, second',
      reason: 'Nothing is wrong: ann on laptop has asked for this alert to see whether it arrives',
    },
  ]);
  assert.deepEqual([calls(), [...context.store.documents], context.measured], [[], [], []]);
});

test('A test alert that cannot be sent is an answer, because an error of the watchdog would page people', async () => {
  const tell = async () => {
    throw Object.assign(new Error('no kms:GenerateDataKey'), { name: 'KMSAccessDeniedException' });
  };
  const answer = await watchdog(
    { testAlert: { by: 'ann', cluster: 'first' } },
    { ...testContext({ yaml }), tell },
  );
  assert.deepEqual(answer, {
    testAlert: { failure: { error: 'KMSAccessDeniedException', message: 'no kms:GenerateDataKey' } },
  });
});

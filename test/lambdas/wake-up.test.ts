import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { deploy } from '../../lambdas/aws/runtime.ts';
import { isWakeUp, wakeUpEvent } from '../../lambdas/wake-up.ts';

test('A function that is woken up answers without its work, and without anything that its work needs', async () => {
  // Without the environment of a function, nothing of the context can be made.
  assert.equal(process.env['LEDGER_BUCKET'], undefined);
  const handler = deploy(async () => assert.fail('it worked'));
  const lambda = { getRemainingTimeInMillis: () => assert.fail('it asked for the time') };
  assert.deepEqual(await Reflect.apply(handler, undefined, [wakeUpEvent, lambda]), wakeUpEvent);
});

for (const { what, event } of [
  { what: 'nothing', event: undefined },
  { what: 'an empty input', event: {} },
  { what: 'a state’s input that has such a field', event: { wakeUp: true, run: { cluster: 'production' } } },
  { what: 'a wake-up that is none', event: { wakeUp: 'true' } },
]) {
  test(`A function takes ${what} for its work`, () => assert.equal(isWakeUp(event), false));
}

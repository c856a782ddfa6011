import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { within } from '../../core/within.ts';
import { VirtualTime } from '../../simulator/virtual-time.ts';
import { failureOf } from './fakes.ts';

const clock = () => new VirtualTime(Date.UTC(2026, 10, 21, 9));

test('Work that ends in time comes to what it comes to, and leaves no timer behind', async () => {
  const time = clock();
  const began = time.now();
  assert.equal(await within(15, async () => 'done', { clock: time }), 'done');
  await assert.rejects(
    within(15, () => Promise.reject(new TypeError('a bug')), { clock: time }),
    TypeError,
  );
  const throwsAtOnce = () => {
    throw new TypeError('a bug');
  };
  await assert.rejects(within(15, throwsAtOnce, { clock: time }), TypeError);
  await time.sleep(1000);
  assert.equal(time.now() - began, 1000);
});

test('Work that takes longer is not waited for, whatever it comes to later', async () => {
  const time = clock();
  const began = time.now();
  const late = async () => {
    await time.sleep(60_000);
    throw new Error('too late to be heard');
  };
  const error = await failureOf(within(15, late, { clock: time }));
  assert.equal(error.name, 'Unreachable');
  assert.equal(error.message, 'there was no answer within 15 s');
  assert.equal(time.now() - began, 15_000);
  await time.sleep(60_000);
});

import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { recipientsOf } from '../../../core/tell/subscriptions.ts';

const confirmed = { protocol: 'email', endpoint: 'on-call@example.com', confirmed: true };
const pending = { protocol: 'sms', endpoint: '+4930123456', confirmed: false };
const configured = {
  email: ['on-call@example.com', 'gone@example.com'],
  sms: ['+4930123456'],
  https: [],
  lambda: [],
};

test('A subscription is confirmed or waits, and a configured one that the topic does not have is missing', () => {
  assert.deepEqual(recipientsOf([confirmed, pending], configured), {
    confirmed: [confirmed],
    pending: [pending],
    missing: [{ protocol: 'email', endpoint: 'gone@example.com' }],
  });
});

test('Without the configuration, it is not known that a subscription is missing', () => {
  assert.deepEqual(recipientsOf([confirmed], undefined).missing, []);
});

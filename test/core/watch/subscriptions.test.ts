import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import type { Subscription } from '../../../core/tell/subscriptions.ts';
import { subscriptionLook } from '../../../core/watch/subscriptions.ts';
import { type TestContext, testContext } from '../fakes.ts';

const hour = 3600;
const yaml = `
ledger: { folder: ./x }
clusters: { production: { zeebe: { url: http://zeebe:9600 } } }
deployment: { alerts: { email: [a@example.com, b@example.com] } }
`;
const of = (endpoint: string, confirmed: boolean): Subscription => ({
  protocol: 'email',
  endpoint,
  confirmed,
});

function watched(subscriptions: Subscription[]) {
  const context = testContext({ yaml });
  let listed = 0;
  const lookOnce = subscriptionLook(async () => {
    listed += 1;
    return subscriptions;
  });
  return {
    context,
    subscriptions,
    times: () => listed,
    look: async () => lookOnce(await context.config(), context),
  };
}
const reasons = ({ told }: TestContext) => told.map(({ reason }) => reason);

describe('Who does not get the alerts', () => {
  test('Nobody is told while all have confirmed, and the topic is asked once an hour', async () => {
    const { context, look, times } = watched([of('a@example.com', true), of('b@example.com', true)]);
    for (let passed = 0; passed <= hour; passed += 300) {
      await look();
      context.clock.advance(300);
    }
    assert.equal(times(), 2);
    assert.deepEqual(context.told, []);
    assert.equal(await context.ledger.readMemory('production'), undefined);
  });

  test('One who has not confirmed is told to the others after a day, once', async () => {
    const { context, look } = watched([of('a@example.com', false), of('b@example.com', true)]);
    for (let passed = 0; passed < 24; passed += 1) {
      await look();
      assert.equal(context.told.length, 0);
      context.clock.advance(hour);
    }
    for (let passed = 0; passed < 48; passed += 1) {
      await look();
      context.clock.advance(hour);
    }
    assert.deepEqual(reasons(context), ['The alerts do not reach a@example.com (not confirmed)']);
    assert.equal(context.told[0]?.kind, 'alertsNotReceived');
  });

  test('One whose subscription is gone is told at once, and again when it is lost a second time', async () => {
    const { context, look, subscriptions } = watched([of('a@example.com', true), of('b@example.com', true)]);
    const rounds = [1, 2, 1, 2, 1];
    for (const count of rounds) {
      const all = [of('b@example.com', true), of('a@example.com', true)];
      subscriptions.splice(0, 2, ...all.slice(0, count));
      await look();
      context.clock.advance(hour);
    }
    const once = 'The alerts do not reach a@example.com (not subscribed any more)';
    assert.deepEqual(reasons(context), [once, once, once]);
  });

  test('If nobody is left, every look fails, which the alarm of the watchdog shows, until somebody has confirmed', async () => {
    const { context, look, subscriptions } = watched([of('a@example.com', false)]);
    const nobody = /^Error: The alerts do not reach b@example\.com .*, and nobody else\. Whoever reads there/;
    for (let passed = 0; passed < hour; passed += 300) {
      await assert.rejects(look(), nobody);
      context.clock.advance(300);
    }
    subscriptions.splice(0, 1, of('a@example.com', true), of('b@example.com', true));
    await look();
    assert.deepEqual(context.told, []);
  });

  test('On the first day, nobody having confirmed yet is no trouble', async () => {
    const { look } = watched([of('a@example.com', false), of('b@example.com', false)]);
    await look();
  });

  test('A topic that does not let anybody list its subscriptions is a warning', async () => {
    const context = testContext({ yaml });
    const look = subscriptionLook(() => Promise.reject(new Error('AuthorizationError')));
    await look(await context.config(), context);
    assert.match(context.warnings.join(), /reach everybody is not known: AuthorizationError/);
  });
});

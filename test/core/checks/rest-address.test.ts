import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { json, type Reply } from '../fakes.ts';
import { zeebe as zeebeAnswers } from '../recorded.ts';
import { exporting, own, replicasOfRest, rest, setUp, topology, topologyOf, type World } from './world.ts';

describe('The REST address of a cluster', () => {
  const auth = ', auth: { username: backup, password: { env: ES_PASSWORD } }';
  const good = {
    [topology]: topologyOf(replicasOfRest()),
    [exporting]: json(200, { status: 'EXPORTING' }),
  };
  const world = (replies: Record<string, Reply>): World => ({
    zeebe: `, rest: { url: ${rest}${auth} }`,
    replies: { ...good, ...replies },
  });

  test('The REST address is in the plan where it shows what exporting does, and its secret is only named', async () => {
    const { fake, prepare } = setUp(world({}));
    const { plan } = await prepare();
    const named = { username: 'backup', password: { env: 'ES_PASSWORD' } };
    assert.deepEqual(plan.exporting.rest, { url: rest, auth: named });
    const sent = fake.requests.filter(({ url }) => url.startsWith(rest)).map(({ headers }) => headers);
    const basic = `Basic ${Buffer.from('backup:not-to-be-seen').toString('base64')}`;
    assert.deepEqual(sent, [{ authorization: basic }, { authorization: basic }]);
  });

  test('The REST address proves a pause where the brokers cannot be asked', async () => {
    const { plan } = await setUp(world({ [own]: zeebeAnswers.missingEndpoint })).prepare();
    assert.equal(plan.exporting.provable, true);
  });

  for (const { what, answer } of [
    { what: 'of a cluster before 8.10', answer: zeebeAnswers.missingEndpoint },
    { what: 'of a user without the permission', answer: json(403, {}) },
  ] as const) {
    test(`The REST address ${what} is not in the plan, and proves nothing`, async () => {
      const replies = { [exporting]: answer, [own]: zeebeAnswers.missingEndpoint };
      const { plan } = await setUp(world(replies)).prepare();
      assert.equal(plan.exporting.rest, undefined);
      assert.equal(plan.exporting.provable, false);
    });
  }
});

import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { setUp } from '../backup/prepare-world.ts';
import { at, phases } from '../fake-cluster.ts';
import { failureOf, json } from '../fakes.ts';

/** An 8.10 cluster: what it shows differently from 8.8 is said by each test. */
const as810 = { [`GET ${at.zeebe}/actuator/info`]: json(200, { build: { version: '8.10.0' } }) };

const cluster = `GET ${at.zeebe}/actuator/cluster`;
const broker = `GET ${at.zeebe}/actuator/partitions`;
const partitionsOf = (physicalTenant: string) =>
  [1, 2, 3].map((id) => ({ id, state: 'ACTIVE', physicalTenant }));

describe('A cluster of 8.10', () => {
  test('A cluster of several zones is planned: the ids of its brokers are only printed', async () => {
    const { fake, prepare } = setUp({ replies: as810 });
    const brokers = [{ id: 'eu-west_0', state: 'ACTIVE', partitions: partitionsOf('default') }];
    fake.replies[cluster] = json(200, { version: 4, brokers });
    const { plan } = await prepare();
    assert.equal(plan.exporting.partitions, 3);
  });

  test('A cluster of several zones is refused with the id of the broker that is leaving', async () => {
    const { fake, prepare } = setUp({ replies: as810 });
    const brokers = [{ id: 'eu-west_0', state: 'LEAVING', partitions: partitionsOf('default') }];
    fake.replies[cluster] = json(200, { version: 4, brokers });
    assert.match((await failureOf(prepare())).message, /broker eu-west_0 is LEAVING/);
  });

  for (const { what, replies } of [
    {
      what: 'its topology',
      replies: {
        [cluster]: json(200, {
          brokers: [{ id: 0, state: 'ACTIVE', partitions: ['default', 'tenanta'].flatMap(partitionsOf) }],
        }),
      },
    },
    {
      what: 'its brokers',
      replies: { [broker]: json(200, { default: phases('EXPORTING'), tenanta: phases('EXPORTING') }) },
    },
  ] as const) {
    test(`A cluster of several physical tenants is refused before anything is changed: ${what} shows them`, async () => {
      const { fake, context, prepare } = setUp({ replies: as810 });
      Object.assign(fake.replies, replies);
      const error = await failureOf(prepare());
      assert.equal(error.name, 'ClusterNotReady');
      assert.equal(
        error.message,
        `Zeebe at ${at.zeebe} has 2 physical tenants (default, tenanta), which camunda-backup cannot back up yet`,
      );
      assert.match(error.remedy ?? '', /documentation of Camunda 8\.10/);
      assert.deepEqual(
        fake.requests.filter(({ method }) => method !== 'GET'),
        [],
      );
      assert.deepEqual(await context.ledger.backupIds('production'), []);
    });
  }
});

import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import {
  countPartitions,
  readBrokers,
  readCluster,
  readGatewayTopology,
} from '../../../../core/components/zeebe/topology.ts';
import { restApi } from '../../../../core/connect/management.ts';
import { failureOf, fakeHttp, fakeServer, json, secrets, webPage } from '../../fakes.ts';
import { exporting, zeebe } from '../../recorded.ts';

describe('The configured cluster', () => {
  for (const { what, answer, count } of [
    { what: 'of one broker', answer: zeebe.clusterOfOne, count: 3 },
    { what: 'spread over two brokers', answer: zeebe.clusterOfTwo, count: 2 },
    {
      what: 'replicated on every broker, once each',
      answer: json(200, { brokers: [1, 2].map((id) => ({ id, partitions: [{ id: 1 }, { id: 2 }] })) }),
      count: 2,
    },
    {
      what: 'of a broker that has none yet',
      answer: json(200, { brokers: [{ id: 0, partitions: null }] }),
      count: 0,
    },
  ] as const) {
    test(`The partitions of a cluster ${what} are counted`, async () => {
      const { server } = fakeServer('Zeebe', { 'GET cluster': answer });
      assert.equal(countPartitions(await readCluster(server)), count);
    });
  }

  test('A topology that cannot be read says so', async () => {
    const { server } = fakeServer('Zeebe', { 'GET cluster': zeebe.brokerTimeout });
    assert.equal((await failureOf(readCluster(server))).name, 'ServerTrouble');
  });

  test('A cluster as a real server showed it is ACTIVE and has no change', async () => {
    const { server } = fakeServer('Zeebe', { 'GET cluster': zeebe.clusterOfTwo });
    const { brokers, pendingChange } = await readCluster(server);
    assert.equal(pendingChange, undefined);
    assert.deepEqual(brokers[0], {
      id: '1',
      state: 'ACTIVE',
      partitions: [{ id: 2, state: 'ACTIVE', exporters: [] }],
    });
  });

  test('A cluster of several zones has brokers whose ids are text', async () => {
    const partitions = [{ id: 1, state: 'ACTIVE' }];
    const answer = json(200, { brokers: ['eu-west_0', 'eu-west_1'].map((id) => ({ id, partitions })) });
    const { server } = fakeServer('Zeebe', { 'GET cluster': answer });
    const { brokers } = await readCluster(server);
    assert.deepEqual(
      brokers.map(({ id }) => id),
      ['eu-west_0', 'eu-west_1'],
    );
  });

  for (const { what, answer, tenants } of [
    { what: 'before 8.10 names no tenant', answer: zeebe.clusterOfTwo, tenants: [] },
    {
      what: 'with one tenant names it',
      answer: json(200, {
        brokers: [
          {
            id: 0,
            partitions: [{ id: 1, physicalTenant: 'default' }],
            physicalTenants: [{ id: 'default', mode: 'PROCESSING' }],
          },
        ],
      }),
      tenants: ['default'],
    },
    {
      what: 'names the tenants of its partitions',
      answer: json(200, {
        brokers: [{ id: 0, partitions: ['a', 'b'].map((physicalTenant) => ({ id: 1, physicalTenant })) }],
      }),
      tenants: ['a', 'b'],
    },
    {
      what: 'names its tenants by the field of the backups',
      answer: json(200, {
        brokers: [],
        physicalTenants: [{ physicalTenantId: 'a' }, { physicalTenantId: 'b' }],
      }),
      tenants: ['a', 'b'],
    },
    {
      what: 'names its tenants by their id',
      answer: json(200, { brokers: [], physicalTenants: [{ id: 'a', routing: {} }, { id: 'b' }] }),
      tenants: ['a', 'b'],
    },
    {
      what: 'names the tenants of its brokers',
      answer: json(200, { brokers: [{ id: 0, physicalTenants: [{ id: 'a' }, { id: 'b' }] }] }),
      tenants: ['a', 'b'],
    },
    {
      what: 'shows tenants in another way',
      answer: json(200, { brokers: [], physicalTenants: 'several' }),
      tenants: [],
    },
  ] as const) {
    test(`A cluster ${what}`, async () => {
      const { server } = fakeServer('Zeebe', { 'GET cluster': answer });
      assert.deepEqual((await readCluster(server)).tenants, tenants);
    });
  }

  test('A change of the cluster is told, also where little is known of it', async () => {
    for (const { change, says } of [
      {
        change: { id: 7, status: 'IN_PROGRESS', completed: [], pending: [] },
        says: 'change 7 is IN_PROGRESS',
      },
      { change: {}, says: 'change without id is pending' },
    ] as const) {
      const answer = json(200, { brokers: [], pendingChange: change });
      const { server } = fakeServer('Zeebe', { 'GET cluster': answer });
      assert.equal((await readCluster(server)).pendingChange, says);
    }
  });
});

describe('What a broker shows of its partitions', () => {
  const read = async (answer: Parameters<typeof fakeServer>[1][string]) =>
    (await readBrokers([fakeServer('Zeebe', { 'GET partitions': answer }).server]))[0];

  test('A broker of 8.6 shows role, phases and positions, and no health', async () => {
    const view = await read(exporting.exporting);
    assert.deepEqual(
      view?.replicas.map(({ partition, role }) => [partition, role]),
      [
        [1, 'LEADER'],
        [2, 'LEADER'],
        [3, 'LEADER'],
      ],
    );
    const [first] = view?.replicas ?? [];
    assert.equal(first?.processorPhase, 'PROCESSING');
    assert.equal(typeof first.processedPosition, 'number');
    assert.equal(typeof first.exportedPosition, 'number');
    assert.equal(first.health, undefined);
  });

  test('A broker of 8.7 shows the health too', async () => {
    const one = {
      exporterPhase: 'EXPORTING',
      health: { id: 'Partition-1', status: 'UNHEALTHY', children: [] },
    };
    assert.equal((await read(json(200, { '1': one })))?.replicas[0]?.health, 'UNHEALTHY');
  });

  test('A broker that shows a field in another way is not known in this field only', async () => {
    const one = { exporterPhase: 'EXPORTING', role: 7, processedPosition: 'many', health: 'fine' };
    const [replica] = (await read(json(200, { '1': one })))?.replicas ?? [];
    assert.equal(replica?.phase, 'EXPORTING');
    assert.deepEqual(
      [replica.role, replica.processedPosition, replica.health],
      [undefined, undefined, undefined],
    );
  });

  test('A broker of several tenants names them and shows no replica: their partitions have the same ids', async () => {
    const view = await read(
      json(200, { a: { '1': { exporterPhase: 'PAUSED' } }, b: { '1': { exporterPhase: 'EXPORTING' } } }),
    );
    assert.deepEqual([view?.tenants, view?.replicas, view?.error], [['a', 'b'], [], undefined]);
  });

  test('A broker that shows its one tenant by name is read like any other', async () => {
    const view = await read(json(200, { default: { '1': { exporterPhase: 'PAUSED' } } }));
    assert.equal(view?.tenants, undefined);
    assert.deepEqual([view?.replicas.length, view?.replicas[0]?.phase], [1, 'PAUSED']);
  });

  test('A broker that cannot be read says why', async () => {
    assert.match((await read(json(503, { message: 'not ready' })))?.error?.message ?? '', /503: not ready/);
  });
});

describe('The gateway’s topology', () => {
  const url = 'http://zeebe:8080';
  const read = (answer: Parameters<typeof fakeHttp>[0]) =>
    readGatewayTopology(restApi({ url }, fakeHttp(answer).http, secrets));

  test('The gateway’s topology is read as a real server showed it', async () => {
    assert.deepEqual(await read({ [`GET ${url}/v2/topology`]: zeebe.restTopology }), {
      url: `${url}/v2/topology`,
      brokers: 1,
      clusterSize: 1,
      partitions: 3,
      replicas: [1, 2, 3].map((partition) => ({ partition, role: 'LEADER', health: 'HEALTHY' })),
    });
  });

  test('The gateway’s topology is read in any case of its words', async () => {
    const partitions = [{ partitionId: 1, role: 'Follower', health: 'UNHEALTHY' }];
    const answer = { brokers: [{ brokerId: 0, partitions }], clusterSize: 1, partitionsCount: 1 };
    const { replicas } = await read({ [`GET ${url}/v2/topology`]: json(200, answer) });
    assert.deepEqual(replicas, [{ partition: 1, role: 'FOLLOWER', health: 'UNHEALTHY' }]);
  });

  for (const { what, answer, remedy } of [
    { what: 'a web page', answer: webPage, remedy: /port 8080/ },
    { what: 'another JSON', answer: json(200, {}), remedy: /zeebe\.rest\.url/ },
    { what: 'a login', answer: json(401, { error: 'Unauthorized' }), remedy: /zeebe\.rest\.auth/ },
    { what: 'no such endpoint', answer: zeebe.missingEndpoint, remedy: /zeebe\.rest\.url/ },
  ] as const) {
    test(`A gateway’s topology that is ${what} names the setting`, async () => {
      const error = await failureOf(read({ [`GET ${url}/v2/topology`]: answer }));
      assert.match(error.message, /Zeebe answered GET http:\/\/zeebe:8080\/v2\/topology/);
      assert.match(error.remedy ?? '', remedy);
    });
  }
});

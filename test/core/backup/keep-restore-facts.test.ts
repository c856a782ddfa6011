import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { manifest as manifestSchema } from '../../../core/ledger/manifest.ts';
import { at, cluster88, yaml88 } from '../fake-cluster.ts';
import { fakeSearch, json } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { setUp } from './prepare-world.ts';

/** What is written down for a restore when a backup is prepared. */
async function factsOf(world: Parameters<typeof setUp>[0] = {}) {
  const { context, prepare } = setUp(world);
  const { backupId } = await prepare();
  return { facts: await context.ledger.readRestoreFacts('production', backupId), context, backupId };
}

const broker = (id: number, partitions: number[]) => ({
  id,
  state: 'ACTIVE',
  version: 0,
  partitions: partitions.map((one) => ({ id: one, state: 'ACTIVE', priority: 1 })),
});
const clusterOf = (...brokers: ReturnType<typeof broker>[]) => ({
  replies: { [`GET ${at.zeebe}/actuator/cluster`]: json(200, { version: 1, brokers }) },
  // The brokers are not configured: what they say of their partitions decides nothing here.
  settings: '    checks: { brokers: warn, partitions: warn }\n',
});

describe('What is written down for a restore before a backup', () => {
  test('It has the exact versions, the size of the cluster, its brokers and where its store is', async () => {
    const store = 's3: { bucket: zeebe, basePath: prod, region: eu-central-1, endpoint: http://minio:9000 }';
    const { facts } = await factsOf({
      yaml: yaml88.replace(`zeebe: { url: ${at.zeebe} }`, `zeebe: { url: ${at.zeebe}, store: { ${store} } }`),
      ...clusterOf(broker(0, [1, 2]), broker(1, [2, 3]), broker(2, [3, 1])),
    });
    assert.deepEqual(facts?.zeebe, {
      version: '8.8.3',
      partitions: 3,
      clusterSize: 3,
      replicationFactor: 2,
      brokerIds: ['0', '1', '2'],
      store: {
        s3: { bucket: 'zeebe', basePath: 'prod', region: 'eu-central-1', endpoint: 'http://minio:9000' },
      },
    });
    // Optimize does not say its version.
    assert.deepEqual(facts.applications, [
      { component: 'webApplications', version: '8.8.3' },
      { component: 'optimize' },
    ]);
  });

  test('A replication factor in which the partitions differ is left out, and so is a store that nobody told of', async () => {
    const { facts } = await factsOf(clusterOf(broker(0, [1, 2, 3]), broker(1, [1])));
    assert(facts?.zeebe);
    assert(!('replicationFactor' in facts.zeebe));
    assert(!('store' in facts.zeebe));
  });

  test('The repository has its type and settings, without what may be a secret', async () => {
    const definition = { type: 's3', settings: { bucket: 'b' }, omittedSettings: ['secret_key'] };
    const search = fakeSearch([], { repository: async () => ({ readonly: undefined, definition }) });
    const { facts } = await factsOf({ search });
    assert.deepEqual(facts?.search, {
      engine: 'elasticsearch',
      repository: { name: 'camunda', ...definition },
    });
  });

  test('The manifest itself has nothing that its earlier readers would refuse', async () => {
    const { context, backupId } = await factsOf(clusterOf(broker(0, [1, 2, 3])));
    const text = context.store.documents.get(`production/backups/${backupId}/manifest.json`) ?? '';
    const written: unknown = JSON.parse(text);
    assert.deepEqual(
      Object.keys(Object(written)).filter((key) => !keysOfFormat1.includes(key)),
      [],
    );
    assert.equal(manifestSchema.parse(written).format, 1);
    assert.deepEqual(Object.keys(manifestSchema.shape).toSorted(), keysOfFormat1.toSorted());
  });

  test('A ledger that does not take it keeps no backup from being prepared', async () => {
    const { context, prepare } = setUp();
    const { create } = context.store;
    context.store.create = async (key, text) => {
      if (key.endsWith('/restore.json')) return ledgerTrouble('PUT');
      return create(key, text);
    };
    const { backupId } = await prepare();
    assert.equal(await context.ledger.readRestoreFacts('production', backupId), undefined);
    assert.match(context.warnings.join(), /The facts about .* that a restore needs could not be recorded/);
  });

  test('What was written first stays, also where the same run prepares once more', async () => {
    const fake = cluster88();
    const { context, prepare } = setUp({ fake });
    const { backupId } = await prepare();
    const first = await context.ledger.readRestoreFacts('production', backupId);
    fake.replies[`GET ${at.zeebe}/actuator/info`] = json(200, { build: { version: '8.8.4' } });
    assert.equal((await prepare()).backupId, backupId);
    assert.deepEqual(await context.ledger.readRestoreFacts('production', backupId), first);
  });
});

/** As the first release wrote it: its readers refuse every other key. */
const keysOfFormat1 = [
  'format',
  'backupId',
  'cluster',
  'runId',
  'reason',
  'scheduledTime',
  'attempt',
  'replaces',
  'state',
  'startedAt',
  'endedAt',
  'order',
  'camundaVersion',
  'configuredVersion',
  'expectedComponents',
  'components',
  'exporting',
  'warnings',
  'failure',
];

import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { checkWith, type Trouble, troublesIn } from './world.ts';

const completed: Trouble['newest'] = {
  state: 'COMPLETED',
  startedAt: new Date().toISOString(),
  endedAt: new Date().toISOString(),
};

const versions = ['8.5', '8.6', '8.7', '8.8', '8.9'] as const;

describe('A good cluster', () => {
  for (const camunda of versions) {
    test(`Camunda ${camunda} has nothing but what is right, and each address says what it is`, async () => {
      const checked = await checkWith({
        of: { camunda, brokers: 2, basePath: '/camunda' },
        configured: (cluster, { brokers }) => ({
          ...cluster,
          zeebe: { ...Object(cluster['zeebe']), brokers: brokers.map((url) => `${url}/camunda`) },
        }),
        newest: completed,
      });
      assert.deepEqual(troublesIn(checked), []);
      const isOne = camunda === '8.8' || camunda === '8.9';
      const right = new Set(checked.diagnosis.map(({ name }) => name));
      const wanted = ['repository', 'brokers', 'clocks', 'disk', 'store', 'basePaths', 'age'];
      for (const name of wanted) assert.ok(right.has(name), name);
      assert.equal(right.has('exporters'), isOne, 'only these versions have an exporter here');
      const [zeebe] = checked.addresses;
      assert.deepEqual(zeebe?.is, {
        component: isOne ? 'Zeebe with the web applications' : 'Zeebe, a gateway',
        version: `${camunda}.0`,
        contextPath: '/camunda',
        tenants: [],
      });
      const search = checked.addresses.find(({ name }) => name === 'search');
      assert.match(search?.is?.component ?? '', /^elasticsearch 8\.16\.6$/);
    });
  }
});

import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { at, indexOf } from '../fake-cluster.ts';
import { failureOf, json } from '../fakes.ts';
import { cluster, passes, setUp, type World } from './world.ts';

describe('An exporter that is switched off', () => {
  const index = `GET ${at.zeebe}/actuator`;
  const exportersPage = `GET ${at.zeebe}/actuator/exporters`;
  const world = (status: string): World => ({
    replies: {
      [index]: indexOf('backupRuntime', 'backupHistory', 'exporting', 'partitions', 'cluster', 'exporters'),
      [exportersPage]: json(200, [{ exporterId: 'camundaexporter', status }]),
    },
  });

  test('An exporter that is switched off only warns unless the configuration says otherwise', async () => {
    const warnings = await passes(world('DISABLED'));
    assert.deepEqual(warnings, [
      'Check exporters: the exporter camundaexporter is DISABLED (GET http://zeebe:9600/actuator/exporters): its target gets no new records, so this backup of the target is incomplete',
    ]);
  });

  test('An exporter that is being switched on is to be waited for', async () => {
    const settings = '    checks: { exporters: refuse }\n';
    const error = await failureOf(setUp({ ...world('ENABLING'), settings }).prepare());
    assert.match(error.remedy ?? '', /^Wait until/);
  });

  test('An exporter that is switched off is told once, by the page that names its partitions', async () => {
    const config = { exporting: { exporters: [{ id: 'camundaexporter', state: 'DISABLED' }] } };
    const partitions = [1, 2, 3].map((id) => ({ id, config }));
    const { replies } = world('DISABLED');
    const [warning, ...others] = await passes({
      replies: { ...replies, [cluster]: json(200, { brokers: [{ id: 0, partitions }] }) },
    });
    assert.match(
      warning ?? '',
      /camundaexporter is DISABLED on partitions 1, 2, 3 \(GET .*cluster\): its target/,
    );
    assert.deepEqual(others, []);
  });

  test('An exporter is not called switched off where it is ENABLED, or where the page does not say', async () => {
    for (const status of ['ENABLED', 'UNKNOWN']) assert.deepEqual(await passes(world(status)), []);
  });
});

import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { Mistake } from '../../../simulator/mistake.ts';
import type { RealPartsOptions } from '../../../simulator/real/options.ts';
import { startOnRealParts } from '../../../simulator/real/start.ts';
import { cleanUp } from '../../support/clean-up.ts';
import { at, call } from '../harness.ts';
import { place } from './place.ts';

async function start(options: RealPartsOptions) {
  const cluster = await startOnRealParts(options);
  cleanUp(() => cluster.close());
  return cluster;
}

test('A process that was ended comes back at its addresses, with the instances and the pause that it had', async () => {
  const { options } = await place();
  const first = await start({ ...options, only: ['zeebe'] });
  const { rest = '', zeebe = '' } = first.urls;
  const body = { processDefinitionId: 'order', variables: { order: 'a-1' } };
  const created = await call(rest, 'POST', '/v2/process-instances', { body });
  assert.equal(created.status, 200, created.text);
  await call(zeebe, 'POST', '/actuator/exporting/pause?soft=true');
  await first.close();
  await assert.rejects(call(rest, 'GET', '/v2/topology'), { code: 'ECONNREFUSED' });

  const second = await start({ ...options, only: ['zeebe'] });
  assert.deepEqual(second.urls, first.urls);
  const [instance] = [at((await call(rest, 'GET', '/simulator/instances')).json, 0)];
  assert.equal(at(instance, 'key'), at(created.json, 'processInstanceKey'));
  assert.equal(at(instance, 'order'), 'a-1');
  const { json } = await call(zeebe, 'GET', '/actuator/partitions');
  assert.deepEqual(
    [1, 2, 3].map((partition) => at(json, String(partition), 'exporterPhase')),
    ['SOFT_PAUSED', 'SOFT_PAUSED', 'SOFT_PAUSED'],
  );
});

test('The processes of a cluster are started one by one, and the web applications of 8.8 are at Zeebe’s address', async () => {
  const { options } = await place();
  const optimize = await start({ ...options, only: ['optimize'] });
  assert.deepEqual(Object.keys(optimize.urls), ['optimize']);
  const zeebe = await start({ ...options, only: ['zeebe'] });
  assert.equal(zeebe.urls.webApplications, zeebe.urls.zeebe);
  const { json } = await call(zeebe.urls.zeebe ?? '', 'GET', '/actuator');
  for (const endpoint of ['backupHistory', 'backupRuntime', 'exporting', 'partitions']) {
    assert.ok(at(json, '_links', endpoint), endpoint);
  }
});

test('A data directory whose processes run already is refused, before anything of it is touched', async () => {
  const { options } = await place();
  await start({ ...options, only: ['zeebe'] });
  await assert.rejects(
    startOnRealParts({ ...options, only: ['zeebe'] }),
    (error) => error instanceof Mistake && /^--data: the port \d+ of .* is taken/.test(error.message),
  );
});

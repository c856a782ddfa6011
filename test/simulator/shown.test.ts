import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { startSimulator } from '../../simulator/index.ts';
import { cleanUp } from '../support/clean-up.ts';
import { at, call } from './harness.ts';

test('The metrics of a process are refused as JSON, as recorded, and shown as text', async () => {
  const simulator = await startSimulator({ camunda: '8.6' });
  cleanUp(() => simulator.close());
  const metrics = (url: string, accept: string) =>
    call(url, 'GET', '/actuator/prometheus', { headers: { accept } });
  const refused = await metrics(simulator.urls.zeebe, 'application/json');
  assert.equal(refused.status, 406);
  assert.equal(at(refused.json, 'error'), 'Not Acceptable');
  const shown = await metrics(simulator.urls.zeebe, 'text/plain');
  assert.match(shown.contentType ?? '', /^text\/plain/);
  assert.match(shown.text, /^disk_free_bytes\{path="\/usr\/local\/zeebe\/data",\} 6\.44\d+e\+10$/m);
  assert.match((await metrics(simulator.urls.operate ?? '', 'text/plain')).text, /^operate_/m);
});

test('Each broker shows its own properties and its own disk, and the version only if it is ordered', async () => {
  const simulator = await startSimulator({
    camunda: '8.8',
    brokers: 2,
    showsVersion: true,
    properties: (broker) => ({ zeebe: { node: broker } }),
    disk: (broker) => (broker === 0 ? undefined : { path: '/data', free: 1, total: 2 }),
  });
  cleanUp(() => simulator.close());
  const [first = '', second = ''] = simulator.urls.brokers;
  const beans = async (url: string) =>
    at((await call(url, 'GET', '/actuator/configprops')).json, 'contexts', 'Camunda', 'beans');
  assert.equal(at(await beans(first), 'zeebe-io.camunda.Properties', 'properties', 'node'), 0);
  assert.equal(at(await beans(second), 'zeebe-io.camunda.Properties', 'properties', 'node'), 1);
  assert.equal(at(await beans(second), 'camunda-io.camunda.Properties', 'prefix'), 'camunda');
  const text = async (url: string) =>
    (await call(url, 'GET', '/actuator/prometheus', { headers: { accept: 'text/plain' } })).text;
  assert.doesNotMatch(await text(first), /^disk_/m);
  assert.match(await text(second), /^disk_free_bytes\{path="\/data",\} 1e\+0$/m);
  const info = await call(first, 'GET', '/actuator/info');
  assert.equal(at(info.json, 'build', 'version'), '8.8.0');
});

test('A broker shows the backup store that it has', async () => {
  const shown = async (store: string) => {
    const simulator = await startSimulator({ camunda: '8.8', store });
    cleanUp(() => simulator.close());
    const page = (await call(simulator.urls.zeebe, 'GET', '/actuator/configprops')).json;
    const bean = at(page, 'contexts', 'Camunda', 'beans', 'camunda-io.camunda.Properties');
    return at(bean, 'properties', 'data', 'backup');
  };
  const folder = await shown('/var/store');
  assert.equal(at(folder, 'store'), 'FILESYSTEM');
  assert.equal(at(folder, 'filesystem', 'basePath'), '/var/store');
  const s3 = await shown('s3://bucket/a/b?endpoint=http://127.0.0.1:9000');
  assert.equal(at(s3, 'store'), 'S3');
  assert.equal(at(s3, 's3', 'bucketName'), 'bucket');
  assert.equal(at(s3, 's3', 'basePath'), 'a/b');
  assert.equal(at(s3, 's3', 'endpoint'), 'http://127.0.0.1:9000');
});

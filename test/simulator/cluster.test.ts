import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { startSimulator } from '../../simulator/index.ts';
import { cleanUp } from '../support/clean-up.ts';
import { at, call, camundaRecording, replay, TestClock } from './harness.ts';

test('A cluster with one of two brokers down answers as recorded', async () => {
  const clock = new TestClock();
  const simulator = await startSimulator({ camunda: '8.6', clock, brokers: 2, partitions: 2 });
  cleanUp(() => simulator.close());
  // The recorded cluster had one process for both broker and gateway, so the partitions are asked at the broker.
  const addressOf = ({ path }: { path: string }) =>
    path === '/actuator/partitions' ? (simulator.urls.brokers[0] ?? '') : simulator.urls.zeebe;
  const recording = camundaRecording('two-brokers-one-down');
  const killed = recording.findIndex(({ title }) => title.includes('1s after node 1 killed'));
  await replay(recording.slice(0, killed), clock, addressOf);
  simulator.stopBroker(1);
  const [pause] = await replay(recording.slice(killed, killed + 1), clock, addressOf);
  assert.equal(at(pause?.json, 'status'), 500);
  assert.deepEqual(
    simulator.exporterPhases().map(({ broker, phase }) => `${broker} ${phase}`),
    ['0 SOFT_PAUSED', '0 SOFT_PAUSED', '1 EXPORTING', '1 EXPORTING'],
  );
  const rest = recording.slice(killed + 1);
  clock.advance(1000);
  await replay(rest.slice(0, 1), clock, addressOf); // POST: 500
  clock.advance(15_000);
  const answers = await replay(rest.slice(1), clock, addressOf); // 504 from now on
  const resume = rest.findIndex(({ title }) => title === 'resume');
  assert.equal(at(answers[resume - 1]?.json, 'status'), 500);
  assert.ok(simulator.pausedSince() !== undefined, 'what was paused stays paused');
});

test('A dead broker refuses connections, is a 502 until it is noticed, and fails the backup of its partitions', async () => {
  const clock = new TestClock();
  const simulator = await startSimulator({ camunda: '8.8', clock, brokers: 3 });
  cleanUp(() => simulator.close());
  const runtime = (method: string, path = '', body?: unknown) =>
    call(simulator.urls.zeebe, method, `/actuator/backupRuntime${path}`, { body });
  await runtime('POST', '', { backupId: 1 });
  clock.advance(500);
  simulator.setExporterPhase('SOFT_PAUSED', { broker: 1 });
  simulator.stopBroker(1);
  await assert.rejects(call(simulator.urls.brokers[1] ?? '', 'GET', '/actuator/partitions'), {
    code: 'ECONNREFUSED',
  });
  assert.equal((await runtime('GET', '/1')).status, 502);
  clock.advance(20_000);
  // Two of three are a quorum: the partitions have leaders again, and only the pause needs every replica.
  const failed = await runtime('GET', '/1');
  assert.equal(at(failed.json, 'state'), 'FAILED');
  assert.match(String(at(failed.json, 'failureReason')), /leader change/);
  const pause = await call(simulator.urls.zeebe, 'POST', '/actuator/exporting/pause?soft=true');
  assert.equal(at(pause.json, 'status'), 500);
  const topology = await call(simulator.urls.rest, 'GET', '/v2/topology');
  assert.equal(at(topology.json, 'brokers', 2), undefined);

  simulator.startBroker(1);
  const partitions = await call(simulator.urls.brokers[1] ?? '', 'GET', '/actuator/partitions');
  assert.equal(at(partitions.json, '2', 'exporterPhase'), 'SOFT_PAUSED', 'the pause survives the restart');
  const resume = await call(simulator.urls.zeebe, 'POST', '/actuator/exporting/resume');
  assert.equal(at(resume.json, 'status'), 204);
  assert.equal(simulator.pausedSince(), undefined);
});

test('A cluster whose last broker is dead refuses connections', async () => {
  const simulator = await startSimulator({ camunda: '8.8', clock: new TestClock() });
  cleanUp(() => simulator.close());
  simulator.stopBroker(0);
  await assert.rejects(call(simulator.urls.zeebe, 'GET', '/actuator'), { code: 'ECONNREFUSED' });
  simulator.startBroker(0);
  assert.equal((await call(simulator.urls.zeebe, 'GET', '/actuator')).status, 200);
});

test('Positions move with the clock, a soft pause holds the exported one, and the lag can be set', async () => {
  const clock = new TestClock();
  const simulator = await startSimulator({ camunda: '8.8', clock });
  cleanUp(() => simulator.close());
  const position = async () => {
    const { json } = await call(simulator.urls.zeebe, 'GET', '/actuator/partitions');
    return {
      processed: Number(at(json, '1', 'processedPosition')),
      exported: Number(at(json, '1', 'exportedPosition')),
    };
  };
  const first = await position();
  clock.advance(10_000);
  const second = await position();
  assert.ok(second.processed > first.processed && second.exported > first.exported);
  await call(simulator.urls.zeebe, 'POST', '/actuator/exporting/pause?soft=true');
  clock.advance(10_000);
  const third = await position();
  assert.ok(third.processed > second.processed);
  assert.equal(third.exported, second.exported);
  await call(simulator.urls.zeebe, 'POST', '/actuator/exporting/resume');
  simulator.setExporterLag(50);
  const fourth = await position();
  assert.equal(fourth.processed - fourth.exported, 50);
  assert.deepEqual(
    simulator.pauseHistory().map(({ pausedAt, resumedAt }) => (resumedAt ?? 0) - pausedAt),
    [10_000],
  );
});

test('A trouble of members, partitions or processors is shown where the servers show it', async () => {
  const simulator = await startSimulator({ camunda: '8.8', brokers: 2, clock: new TestClock() });
  cleanUp(() => simulator.close());
  const cluster = async () => (await call(simulator.urls.zeebe, 'GET', '/actuator/cluster')).json;
  const partitions = async (broker: number) =>
    (await call(simulator.urls.brokers[broker] ?? '', 'GET', '/actuator/partitions')).json;
  assert.equal(at(await cluster(), 'pendingChange'), undefined);
  simulator.setPendingChange(true);
  simulator.setMemberState('LEAVING', { broker: 1 });
  simulator.setMemberState('JOINING', { broker: 0, partition: 2 });
  assert.equal(at(await cluster(), 'pendingChange', 'status'), 'IN_PROGRESS');
  assert.equal(at(await cluster(), 'brokers', 0, 'state'), 'ACTIVE');
  assert.equal(at(await cluster(), 'brokers', 1, 'state'), 'LEAVING');
  assert.equal(at(await cluster(), 'brokers', 0, 'partitions', 1, 'state'), 'JOINING');
  assert.equal(at(await cluster(), 'brokers', 1, 'partitions', 1, 'state'), 'ACTIVE');
  simulator.setHealth('UNHEALTHY', { broker: 1, partition: 3 });
  assert.equal(at(await partitions(1), '3', 'health', 'status'), 'UNHEALTHY');
  assert.equal(at(await partitions(0), '3', 'health', 'status'), 'HEALTHY');
  const topology = await call(simulator.urls.rest, 'GET', '/v2/topology');
  assert.equal(at(topology.json, 'brokers', 1, 'partitions', 2, 'health'), 'unhealthy');
  simulator.setProcessorPhase('FAILED', 2);
  assert.equal(at(await partitions(1), '2', 'streamProcessorPhase'), 'FAILED');
  assert.equal(at(await partitions(0), '2', 'streamProcessorPhase'), 'REPLAY');
});

test('The partitions say their health from 8.7 on', async () => {
  for (const camunda of ['8.5', '8.6', '8.7'] as const) {
    const simulator = await startSimulator({ camunda, clock: new TestClock() });
    cleanUp(() => simulator.close());
    const { json } = await call(simulator.urls.zeebe, 'GET', '/actuator/partitions');
    assert.equal(at(json, '1', 'health', 'status'), camunda === '8.7' ? 'HEALTHY' : undefined);
  }
});

test('GET /v2/exporting says one word for all replicas where it is offered, and is a 404 elsewhere', async () => {
  const without = await startSimulator({ camunda: '8.9', clock: new TestClock() });
  cleanUp(() => without.close());
  assert.equal((await call(without.urls.rest, 'GET', '/v2/exporting')).status, 404);
  const simulator = await startSimulator({
    camunda: '8.9',
    brokers: 3,
    restExporting: true,
    clock: new TestClock(),
  });
  cleanUp(() => simulator.close());
  const status = async () => at((await call(simulator.urls.rest, 'GET', '/v2/exporting')).json, 'status');
  assert.equal(await status(), 'EXPORTING');
  simulator.setExporterPhase('SOFT_PAUSED', { broker: 1 });
  assert.equal(await status(), 'MIXED');
  simulator.setExporterPhase('SOFT_PAUSED');
  assert.equal(await status(), 'SOFT_PAUSED');
  simulator.stopBroker(2);
  assert.equal((await call(simulator.urls.rest, 'GET', '/v2/exporting')).status, 503);
});

test('Each version and profile offers its own endpoints', async () => {
  const links = async (
    options: Parameters<typeof startSimulator>[0],
    which: 'zeebe' | 'webApplications' = 'zeebe',
  ) => {
    const simulator = await startSimulator({ clock: new TestClock(), ...options });
    cleanUp(() => simulator.close());
    const page = await call(simulator.urls[which] ?? '', 'GET', `${options.basePath ?? ''}/actuator`);
    return Object.keys(Object(at(page.json, '_links')));
  };
  const modern = await links({ camunda: '8.8' });
  assert.ok(
    ['backupRuntime', 'backupHistory', 'exporting', 'partitions', 'cluster'].every((id) =>
      modern.includes(id),
    ),
  );
  assert.ok(!modern.includes('backups'));
  const standalone = await links({ camunda: '8.8', profile: 'standalone' });
  assert.ok(standalone.includes('backups') && !standalone.includes('backupRuntime'));
  assert.ok((await links({ camunda: '8.8', profile: 'standalone' }, 'webApplications')).includes('backups'));
  const withoutHistory = await links({ camunda: '8.9', components: { search: false } });
  assert.ok(withoutHistory.includes('backupRuntime') && !withoutHistory.includes('backupHistory'));
  const gateway = await links({ camunda: '8.7', brokers: 3 });
  assert.ok(gateway.includes('exporting') && !gateway.includes('partitions'));
  assert.ok((await links({ camunda: '8.8', basePath: '/orchestration' })).includes('backupRuntime'));
});

test('Zeebe 8.8 lists backups by prefix, and refuses an id that is no number', async () => {
  const simulator = await startSimulator({ camunda: '8.8', clock: new TestClock() });
  cleanUp(() => simulator.close());
  for (const id of [301, 302, 41]) simulator.seedBackup('zeebe', id);
  const list = await call(simulator.urls.zeebe, 'GET', '/actuator/backupRuntime/30*');
  assert.equal(Object(list.json).length, 2);
  const wrong = await call(simulator.urls.zeebe, 'GET', '/actuator/backupRuntime/abc');
  assert.equal(wrong.status, 400);
  assert.match(String(at(wrong.json, 'message')), /prefix ending with '\*'/);
});

test('The web applications of 8.8 and Optimize answer as documented', async () => {
  const clock = new TestClock();
  const simulator = await startSimulator({ camunda: '8.8', clock, basePath: '/camunda' });
  cleanUp(() => simulator.close());
  const { webApplications = '', optimize = '', web } = simulator.urls;
  const history = '/camunda/actuator/backupHistory';
  const start = await call(webApplications, 'POST', history, { body: { backupId: 1748937221 } });
  assert.equal(start.status, 200);
  assert.equal(at(start.json, 'scheduledSnapshots', 4), 'camunda_webapps_1748937221_8.8.0_part_5_of_5');
  const other = await call(webApplications, 'POST', history, { body: { backupId: 9 } });
  assert.deepEqual([other.status, other.json], [400, { message: 'Another backup is running at the moment' }]);
  assert.equal((await call(webApplications, 'GET', `${history}/5`)).status, 404);
  assert.equal((await call(webApplications, 'DELETE', `${history}/5`)).status, 404);
  clock.advance(10_000);
  const duplicate = await call(webApplications, 'POST', history, { body: { backupId: 1748937221 } });
  assert.match(String(at(duplicate.json, 'message')), /already exists. Found snapshots: \[camunda_webapps_/);
  assert.equal((await call(webApplications, 'DELETE', `${history}/1748937221`)).status, 204);
  assert.equal(
    simulator.backupState('webApplications', 1748937221),
    'COMPLETED',
    'the deletion is asynchronous',
  );
  clock.advance(1000);
  assert.deepEqual(simulator.backupIds('webApplications'), []);

  // Optimize has no base path.
  const accepted = await call(optimize, 'POST', '/actuator/backups', { body: { backupId: 5 } });
  assert.equal(accepted.status, 202);
  clock.advance(5000);
  assert.equal((await call(optimize, 'POST', '/actuator/backups', { body: { backupId: 5 } })).status, 409);
  const unknown = await call(optimize, 'GET', '/actuator/backups/6');
  assert.deepEqual([unknown.status, at(unknown.json, 'errorCode')], [404, 'notFoundError']);
  const parts = simulator.snapshots().filter(({ name }) => name.startsWith('camunda_optimize_5_'));
  assert.deepEqual(
    parts.map(({ metadata }) => metadata),
    [1, 2].map((partNo) => ({ backupId: 5, version: '8.8.0', partNo, partCount: 2 })),
  );
  const page = await call(web, 'GET', '/actuator/backups');
  assert.equal(page.status, 200);
  assert.match(page.contentType ?? '', /text\/html/);
});

test('Credentials are asked for where they are configured', async () => {
  const simulator = await startSimulator({
    camunda: '8.6',
    clock: new TestClock(),
    managementAuth: { username: 'ops', password: 'secret' },
    searchAuth: { apiKey: 'key' },
  });
  cleanUp(() => simulator.close());
  const { zeebe, operate = '', search = '' } = simulator.urls;
  const authorization = `Basic ${Buffer.from('ops:secret').toString('base64')}`;
  for (const base of [zeebe, operate]) {
    assert.equal((await call(base, 'GET', '/actuator')).status, 401);
    assert.equal((await call(base, 'GET', '/actuator', { headers: { authorization } })).status, 200);
  }
  const refused = await call(search, 'GET', '/_snapshot/camunda');
  assert.deepEqual([refused.status, at(refused.json, 'error', 'type')], [401, 'security_exception']);
  const headers = { authorization: 'ApiKey key' };
  assert.equal((await call(search, 'GET', '/_snapshot/camunda', { headers })).status, 200);
});

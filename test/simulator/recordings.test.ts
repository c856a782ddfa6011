import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { startSimulator } from '../../simulator/index.ts';
import { cleanUp } from '../support/clean-up.ts';
import {
  at,
  call,
  camundaRecording,
  replay,
  restoreFactsRecording,
  searchRecording,
  TestClock,
} from './harness.ts';

// Camunda 8.6.0: the same requests as were sent to the real servers, at the same pace.

test('Pausing, resuming and the phases of the partitions are as recorded', async () => {
  const clock = new TestClock();
  const simulator = await startSimulator({ camunda: '8.6', clock });
  cleanUp(() => simulator.close());
  // Readiness has details of its own that nothing here needs.
  const recording = camundaRecording('exporting').filter(({ path }) => !path.includes('/health/'));
  const answers = await replay(recording, clock, () => simulator.urls.zeebe);
  recording.forEach(({ title, answer }, index) => {
    const recorded: unknown = JSON.parse(answer);
    assert.equal(at(answers[index]?.json, 'status'), at(recorded, 'status'), title);
    assert.equal(at(answers[index]?.json, '1', 'exporterPhase'), at(recorded, '1', 'exporterPhase'), title);
  });
});

test('Zeebe takes, lists and deletes backups as recorded', async () => {
  const clock = new TestClock();
  const simulator = await startSimulator({ camunda: '8.6', clock, durations: { zeebe: 0.75 } });
  cleanUp(() => simulator.close());
  simulator.seedBackup('zeebe', 200);
  const recording = camundaRecording('zeebe-backups');
  const answers = await replay(recording, clock, () => simulator.urls.zeebe);
  recording.forEach(({ title, answer }, index) => {
    const message = at(answer === '' ? undefined : JSON.parse(answer), 'message');
    if (message !== undefined) assert.equal(at(answers[index]?.json, 'message'), message, title);
  });
});

test('Zeebe without a backup store answers as recorded', async () => {
  const clock = new TestClock();
  const simulator = await startSimulator({ camunda: '8.6', clock, storeConfigured: false });
  cleanUp(() => simulator.close());
  const recording = camundaRecording('zeebe-no-store');
  const [discovery] = await replay(recording, clock, () => simulator.urls.zeebe);
  const recorded = at(JSON.parse(recording[0]?.answer ?? ''), '_links');
  const simulated = at(discovery?.json, '_links');
  assert.deepEqual(Object.keys(Object(simulated)).sort(), Object.keys(Object(recorded)).sort());
});

test('The unified process of 8.6 answers as recorded, with timestamps in a form of its own', async () => {
  const clock = new TestClock();
  const simulator = await startSimulator({ camunda: '8.6', clock, profile: 'orchestration' });
  cleanUp(() => simulator.close());
  const recording = camundaRecording('zeebe-unified-process');
  const answers = await replay(
    // Its discovery page has a link of a web application.
    recording.filter(({ path }) => path !== '/actuator'),
    clock,
    () => simulator.urls.zeebe,
  );
  // The recorded backup has no snapshotId; the shape of the first one that has is compared elsewhere.
  assert.match(String(at(answers[3]?.json, 'details', 0, 'createdAt')), /\.\d{3}\+0000$/);
});

for (const { name, component, seeds } of [
  { name: 'Operate', component: 'operate', seeds: [100, 103, 2147483648] },
  { name: 'Tasklist', component: 'tasklist', seeds: [] },
] as const) {
  test(`${name} takes, lists and deletes backups as recorded`, async () => {
    const clock = new TestClock();
    const simulator = await startSimulator({
      camunda: '8.6',
      clock,
      durations: { operate: 0.9, tasklist: 0.9 },
    });
    cleanUp(() => simulator.close());
    for (const id of seeds) simulator.seedBackup(component, id);
    const all = camundaRecording(`${component}-backups`);
    // Whether the first part shows 130 ms after the start is a race, that these two recordings decided differently.
    const race = all.findIndex(({ title }) => title === 'take deleted 200 again') + 1;
    const recording = all.filter((_, index) => index !== race);
    const answers = await replay(recording, clock, () => simulator.urls[component] ?? '');
    const states = answers.map(({ json }) => at(json, 'state'));
    assert.ok(states.includes('INCOMPLETE') && states.includes('COMPLETED'), 'the state flaps');
    recording.forEach(({ title, answer }, index) => {
      const message = at(answer === '' ? undefined : JSON.parse(answer), 'message');
      // What was found, and the index that was out of bounds, are data.
      if (typeof message !== 'string' || message.includes('Found snapshots')) return;
      assert.equal(at(answers[index]?.json, 'message'), message, title);
      assert.equal(answers[index]?.text.includes(' : '), answer.includes(' : '), `${title}: pretty-printed`);
    });
  });
}

for (const { name, component } of [
  { name: 'Operate', component: 'operate' },
  { name: 'Tasklist', component: 'tasklist' },
] as const) {
  test(`${name} without its repository answers as recorded`, async () => {
    const clock = new TestClock();
    const simulator = await startSimulator({ camunda: '8.6', clock });
    cleanUp(() => simulator.close());
    simulator.removeRepository();
    await replay(
      camundaRecording(`${component}-repository-missing`),
      clock,
      () => simulator.urls[component] ?? '',
    );
  });

  test(`${name} answers as recorded while Elasticsearch is down`, async () => {
    const clock = new TestClock();
    const simulator = await startSimulator({ camunda: '8.6', clock });
    cleanUp(() => simulator.close());
    simulator.stopSearch();
    await replay(
      camundaRecording(`${component}-elasticsearch-down`),
      clock,
      () => simulator.urls[component] ?? '',
    );
  });
}

for (const { name, engine } of [
  { name: 'Elasticsearch', engine: 'elasticsearch' },
  { name: 'OpenSearch', engine: 'opensearch' },
] as const) {
  test(`${name} has repositories and snapshots as recorded`, async () => {
    const clock = new TestClock();
    const simulator = await startSimulator({
      camunda: '8.8',
      clock,
      components: { search: engine, webApplications: false, optimize: false },
      durations: { records: 8 },
      recordsIndices: ['variable', 'incident', 'process-instance', 'job'].map(
        (type) => `zeebe-record_${type}_8.8.0_2026-11-20`,
      ),
    });
    cleanUp(() => simulator.close());
    simulator.removeRepository();
    // Left out: races with an abort and with a client's time-out, and what the simulator does not serve.
    const recording = searchRecording(engine).filter(
      ({ title }) => !/^(abort_(get|status)_while|sync_client|delete_other|date_math)/.test(title),
    );
    const before = recording.findIndex(({ title }) => title === 'slow_repo_get');
    const answers = await replay(recording.slice(0, before), clock, () => simulator.urls.search ?? '');
    answers.forEach(({ json }, index) => {
      const recorded: unknown = JSON.parse(recording[index]?.answer ?? '');
      assert.deepEqual(at(json, 'error'), at(recorded, 'error'), recording[index]?.title);
      assert.equal(at(json, 'snapshot', 'state'), at(recorded, 'snapshot', 'state'), recording[index]?.title);
    });
    await call(simulator.urls.search ?? '', 'PUT', '/_snapshot/slow', {
      body: {
        type: 'fs',
        settings: at(JSON.parse(recording[before]?.answer ?? ''), 'slow', 'settings'),
      },
    });
    await replay(recording.slice(before), clock, () => simulator.urls.search ?? '');
  });
}

test('OpenSearch tells of shards, templates and nodes as recorded, and a snapshot commits what is in a shard', async () => {
  const clock = new TestClock();
  const recordsIndices = [
    ...['job', 'variable', 'deployment'].map((type) => `zeebe-record_${type}_8.8.0_2026-11-26`),
    'zeebe-record_process_8.8.0_2026-11-20',
  ];
  const simulator = await startSimulator({
    camunda: '8.8',
    clock,
    components: { search: 'opensearch' },
    recordsIndices,
  });
  cleanUp(() => simulator.close());
  const search = simulator.urls.search ?? '';
  await call(search, 'POST', '/zeebe-record_process_8.8.0_2026-11-20/_close');
  // Left out: the settings of templates, which the simulator does not have.
  const recording = restoreFactsRecording().filter(({ title }) => !/template_put/.test(title));
  const answers = await replay(recording, clock, () => simulator.urls.search ?? '');
  const numbers = (title: string) => {
    const found = answers[recording.findIndex((one) => one.title === title)]?.json;
    const shard = at(found, 'indices', 'zeebe-record_variable_8.8.0_2026-11-26', 'shards', '0', 0);
    return {
      committed: Number(at(shard, 'commit', 'user_data', 'max_seq_no')),
      last: at(shard, 'seq_no', 'max_seq_no'),
    };
  };
  assert.equal(numbers('stats_before').committed, -1);
  assert.equal(numbers('stats_after').committed, numbers('stats_before').last);
  assert.deepEqual(
    answers.filter(({ status, text }) => status === 400 && !text.includes('closed')).map(({ text }) => text),
    ['ism_without_plugin', 'ilm'].map((title) => recording.find((one) => one.title === title)?.answer),
  );
});

test('Elasticsearch has policies of its own', async () => {
  const simulator = await startSimulator({ camunda: '8.8', clock: new TestClock() });
  cleanUp(() => simulator.close());
  const { status, json } = await call(
    simulator.urls.search ?? '',
    'GET',
    '/_ilm/policy?filter_path=*.version',
  );
  assert.equal(status, 200);
  assert.deepEqual(json, { operate_delete_archived_indices: { version: 1 } });
});

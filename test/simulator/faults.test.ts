import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import {
  type CallFaultKind,
  operations,
  recordedNames,
  type Simulator,
  startSimulator,
} from '../../simulator/index.ts';
import { cleanUp } from '../support/clean-up.ts';
import { at, call, TestClock } from './harness.ts';

async function started(clock = new TestClock()): Promise<Simulator> {
  const simulator = await startSimulator({ camunda: '8.8', clock });
  cleanUp(() => simulator.close());
  return simulator;
}

const start = (simulator: Simulator, id: number, signal?: AbortSignal) =>
  call(simulator.urls.zeebe, 'POST', '/actuator/backupRuntime', {
    body: { backupId: id },
    ...(signal && { signal }),
  });

test('An ordered answer is given once, and then the real one', async () => {
  const simulator = await started();
  simulator.order({ operation: 'zeebe.start', kind: { answer: { status: 503, body: { message: 'busy' } } } });
  assert.deepEqual((await start(simulator, 1)).json, { message: 'busy' });
  assert.deepEqual(simulator.backupIds('zeebe'), []);
  assert.equal((await start(simulator, 1)).status, 202);
  assert.deepEqual(
    simulator.calls({ operation: 'zeebe.start' }).map(({ status, body }) => ({ status, body })),
    [
      { status: 503, body: '{"backupId":1}' },
      { status: 202, body: '{"backupId":1}' },
    ],
  );
});

test('A fault can skip calls, strike a number of times at several operations, and be cancelled or cleared', async () => {
  const simulator = await started();
  const kind: CallFaultKind = { answer: { status: 500 } };
  const ping = async () => (await call(simulator.urls.zeebe, 'GET', '/actuator/cluster')).status;
  simulator.order({ operation: ['zeebe.cluster', 'zeebe.list'], skip: 1, times: 2, kind });
  assert.deepEqual([await ping(), await ping(), await ping(), await ping()], [200, 500, 500, 200]);
  const order = simulator.order({ operation: 'zeebe.cluster', times: 'always', kind });
  assert.deepEqual([await ping(), await ping()], [500, 500]);
  order.cancel();
  assert.equal(await ping(), 200);
  simulator.order({ operation: 'zeebe.cluster', times: 'always', kind });
  simulator.clearFaults();
  assert.equal(await ping(), 200);
});

test('Every recorded answer can be ordered', async () => {
  const simulator = await started();
  assert.ok(recordedNames.length > 50);
  for (const recorded of recordedNames) {
    simulator.order({ operation: 'zeebe.cluster', kind: { recorded } });
    const { status, text } = await call(simulator.urls.zeebe, 'GET', '/actuator/cluster');
    assert.ok(status === 200 || status === 202 || status >= 400, recorded);
    assert.ok(text.length > 0, recorded);
  }
  simulator.order({ operation: 'zeebe.resume', kind: { recorded: 'exporting-500-wrapper' } });
  const failed = await call(simulator.urls.zeebe, 'POST', '/actuator/exporting/resume');
  assert.equal(failed.status, 200);
  assert.equal(at(failed.json, 'status'), 500);
  assert.match(String(at(failed.json, 'body', 'message')), /^Leader -2 of partition 2 is not known/);
});

test('A connection is dropped with the work done or without it', async () => {
  const simulator = await started();
  simulator.order({ operation: 'zeebe.start', kind: 'reset' });
  await assert.rejects(start(simulator, 1), { code: 'ECONNRESET' });
  assert.deepEqual(simulator.backupIds('zeebe'), []);
  simulator.order({ operation: 'zeebe.pause', kind: 'lostAnswer' });
  await assert.rejects(call(simulator.urls.zeebe, 'POST', '/actuator/exporting/pause?soft=true'), {
    code: 'ECONNRESET',
  });
  assert.ok(simulator.exporterPhases().every(({ phase }) => phase === 'SOFT_PAUSED'));
  assert.deepEqual(
    simulator.calls().map(({ status }) => status),
    [0, 0],
  );
});

test('A server is silent until the client gives up, with the work done or without it', async () => {
  const clock = new TestClock();
  const simulator = await started(clock);
  /** The client gives up when its call has come in. */
  const givenUp = async (id: number) => {
    const client = new AbortController();
    const rejected = assert.rejects(start(simulator, id, client.signal), { name: 'AbortError' });
    while (simulator.calls().length < id) await new Promise((resolve) => setImmediate(resolve));
    client.abort();
    await rejected;
  };
  simulator.order({ operation: 'zeebe.start', kind: 'hang' });
  await givenUp(1);
  simulator.order({ operation: 'zeebe.start', kind: { lostAnswer: 'timeout' } });
  await givenUp(2);
  clock.advance(400);
  assert.deepEqual(simulator.backupIds('zeebe'), [2]);
});

test('close() ends a call that hangs', async () => {
  const simulator = await started();
  simulator.order({ operation: 'zeebe.start', kind: 'hang' });
  const hanging = assert.rejects(start(simulator, 1));
  while (simulator.calls().length === 0) await new Promise((resolve) => setImmediate(resolve));
  await simulator.close();
  await hanging;
});

test('An answer can be cut JSON, a login page, or slow', async () => {
  const clock = new TestClock();
  const simulator = await started(clock);
  simulator.order({ operation: 'zeebe.start', kind: 'truncated' });
  const cut = await start(simulator, 1);
  assert.equal(cut.status, 202);
  assert.throws(() => JSON.parse(cut.text));
  simulator.order({ operation: 'zeebe.start', kind: 'html' });
  const page = await start(simulator, 2);
  assert.match(page.contentType ?? '', /text\/html/);
  simulator.order({ operation: 'zeebe.start', kind: { slow: 60_000 } });
  const before = clock.now();
  assert.equal((await start(simulator, 2)).status, 202);
  assert.equal(clock.now() - before, 60_000);
});

test('A fault that cannot be is refused when it is ordered', async () => {
  const simulator = await started();
  assert.throws(
    () => simulator.order({ component: 'zeebe', kind: 'partial' }),
    /cannot take the course partial/,
  );
  assert.throws(() => simulator.order({ component: 'records', kind: 'incompleteForEver' }), /records/);
});

test('The names of the operations are unique', () => {
  assert.equal(new Set(operations).size, operations.length);
});

import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { at, call } from '../harness.ts';
import { serveFakeEngine } from '../load/fake-engine.ts';

const order = (variables: object) => ({ processDefinitionId: 'order', variables });
const jobs = { type: 'work', worker: 'test', timeout: 1000, maxJobsToActivate: 1 };

test('An instance is created, its jobs are activated and completed, and then it is completed itself', async () => {
  const { url } = await serveFakeEngine();
  const post = (path: string, body: unknown) => call(url, 'POST', `/v2/${path}`, { body });
  const created = await post('process-instances', order({ order: 'a-1', jobs: 2 }));
  assert.equal(created.status, 200);
  const key = at(created.json, 'processInstanceKey');
  for (const step of [1, 2]) {
    const activated = await post('jobs/activation', jobs);
    assert.equal(activated.status, 200);
    assert.equal(at(activated.json, 'jobs', 0, 'processInstanceKey'), key);
    assert.equal(at(activated.json, 'jobs', 0, 'elementId'), `task-${step}`);
    const path = `jobs/${at(activated.json, 'jobs', 0, 'jobKey')}/completion`;
    assert.equal((await post(path, {})).status, 204);
    assert.equal((await post(path, {})).status, 404, 'a job that is completed is gone');
  }
  assert.deepEqual(at((await post('jobs/activation', jobs)).json, 'jobs'), []);
  const truth = await call(url, 'GET', '/simulator/instances');
  assert.deepEqual(truth.json, [{ key, order: 'a-1', state: 'COMPLETED', jobs: 2, done: 2 }]);
});

test('Calls that ask for what is not there, or ask wrongly, are refused as problem details', async () => {
  const { url } = await serveFakeEngine();
  const calls = [
    {
      path: 'process-instances',
      body: { processDefinitionId: 'invoice', variables: { order: 'a' } },
      status: 404,
    },
    { path: 'process-instances', body: order({}), status: 400 },
    { path: 'process-instances', body: '{"', status: 400 },
    { path: 'jobs/activation', body: { ...jobs, timeout: 0 }, status: 400 },
  ];
  for (const { path, body, status } of calls) {
    const answer = await call(url, 'POST', `/v2/${path}`, { body });
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.contentType, 'application/problem+json');
  }
  const others = await call(url, 'POST', '/v2/jobs/activation', { body: { ...jobs, type: 'other' } });
  assert.deepEqual(at(others.json, 'jobs'), []);
});

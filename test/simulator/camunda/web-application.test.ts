import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { EngineDown, servedAnew } from '../../../simulator/camunda/web-application.ts';
import type { Answer, Request } from '../../../simulator/http/http.ts';

const down: Answer = { status: 502, headers: {}, body: 'down' };
const request: Request = {
  method: 'GET',
  path: '/actuator/backups',
  query: new URLSearchParams(),
  header: () => undefined,
  body: '',
  gone: new AbortController().signal,
};

function endpointThat(fails: () => Error): Parameters<typeof servedAnew>[0] {
  let calls = 0;
  const handle = () => {
    calls += 1;
    if (calls === 1) throw fails();
    return down;
  };
  return { start: handle, check: handle, list: handle, delete: handle };
}

describe('the endpoint of a web application', () => {
  it.each(['start', 'check', 'list', 'delete'] as const)(
    'answers a %s as one of an engine that is down if the engine goes away meanwhile',
    async (call) => {
      const endpoint = servedAnew(endpointThat(() => new EngineDown('gone')));
      assert.equal(await endpoint[call](request, '1'), down);
    },
  );

  it('hides no other error', async () => {
    const endpoint = servedAnew(endpointThat(() => new TypeError('a defect')));
    await assert.rejects(async () => endpoint.list(request), /a defect/);
  });
});

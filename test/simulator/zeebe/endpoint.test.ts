import { describe, expect, it } from '@jest/globals';
import { Brokers } from '../../../simulator/camunda/brokers.ts';
import { zeebeEndpoint } from '../../../simulator/camunda/zeebe-endpoint.ts';
import { settle } from '../../../simulator/options.ts';
import { VirtualTime } from '../../../simulator/virtual-time.ts';
import { memoryStore, START, start } from './world.ts';

const headers = new Map([['content-type', 'application/json']]);
const request = {
  method: 'GET',
  path: '/actuator/backups',
  query: new URLSearchParams(),
  header: (name: string) => headers.get(name),
  body: '{"backupId":1200}',
  gone: new AbortController().signal,
};

describe('the endpoint of backups while the store is down', () => {
  it.each([{ call: 'list' as const }, { call: 'check' as const }, { call: 'remove' as const }])(
    'answers 500 to $call, and 202 to a new backup, as recorded',
    async ({ call }) => {
      const clock = new VirtualTime(START);
      const store = memoryStore();
      const { backups } = await start({ camunda: '8.6', store, clock });
      store.isDown = true;
      const settings = settle({ camunda: '8.6', partitions: 1, clock });
      const endpoint = zeebeEndpoint(settings, backups, new Brokers(clock, 1), () => undefined);
      const answer =
        call === 'list' ? await endpoint.list(request) : await endpoint[call](request, request.path, '1000');
      expect(answer).toMatchObject({
        status: 500,
        body: '{"message":"software.amazon.awssdk.core.exception.SdkClientException: Unable to execute HTTP request: Connection refused: /127.0.0.1:5566"}',
      });
      expect(await endpoint.start(request, request.path)).toMatchObject({ status: 202 });
    },
  );
});

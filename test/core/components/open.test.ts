import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { openComponent } from '../../../core/components/open.ts';
import type { Target } from '../../../core/components/target.ts';
import { fakeSearch, testContext } from '../fakes.ts';

const zeebe: Target = {
  kind: 'zeebe',
  component: 'zeebe',
  url: 'https://zeebe:9600/base',
  path: 'backupRuntime',
  partitions: 3,
};
const operate: Target = {
  kind: 'application',
  component: 'operate',
  url: 'http://operate:9600',
  path: 'backups',
  version: '8.7.2',
};
const records: Target = {
  kind: 'records',
  component: 'records',
  engine: 'opensearch',
  url: 'http://es:9200',
  repository: 'my repository',
  indexPattern: 'zeebe-record*',
};

describe('A component that is opened', () => {
  for (const { target, description } of [
    { target: zeebe, description: { url: 'https://zeebe:9600/base', partitions: 3 } },
    {
      target: { ...operate, auth: { apiKey: { env: 'KEY' } } },
      description: { url: 'http://operate:9600', version: '8.7.2' },
    },
    {
      target: { ...records, version: 'opensearch 2.19.1' },
      description: {
        url: 'http://es:9200',
        version: 'opensearch 2.19.1',
        repository: 'my repository',
        indexPattern: 'zeebe-record*',
      },
    },
  ] as const) {
    test(`The component ${target.component} describes what the ledger keeps of it, without credentials`, async () => {
      await using component = await openComponent(target, testContext());
      assert.deepEqual(component.describe(), description);
    });
  }

  test('A component is closed at the end of the block that it was opened in, also where that fails', async () => {
    const search = fakeSearch([], {
      snapshot: async () => {
        throw new Error('no answer');
      },
    });
    const context = testContext({ search });
    const look = async () => {
      await using component = await openComponent(records, context);
      assert.deepEqual(await component.list(), []);
      assert.equal(search.closed, 0);
      return await component.check(7);
    };
    await assert.rejects(look, /^Error: no answer$/);
    assert.deepEqual([search.opened, search.closed], [1, 1]);
  });

  test('A component that cannot be closed keeps nobody waiting for longer than three seconds', async () => {
    const search = fakeSearch([], { close: () => new Promise<never>(() => {}) });
    const context = testContext({ search });
    const before = context.clock.now();
    {
      await using component = await openComponent(records, context);
      assert.deepEqual(await component.list(), []);
    }
    assert.equal(context.clock.now() - before, 3000);
  });
});

const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:x';

test('The call that deletes a backup can be pasted, with its base path, its name and its credentials', async () => {
  const basic = { username: "o'brien", password: { env: 'ZEEBE_PASSWORD' } };
  for (const { target, call } of [
    { target: zeebe, call: 'curl -X DELETE https://zeebe:9600/base/actuator/backupRuntime/7' },
    {
      target: { ...zeebe, auth: basic },
      call: `curl -X DELETE -u 'o'\\''brien':"$ZEEBE_PASSWORD" https://zeebe:9600/base/actuator/backupRuntime/7`,
    },
    {
      target: { ...zeebe, auth: { username: 'backup', password: { secretsManager: arn } } },
      call: 'curl -X DELETE -u backup https://zeebe:9600/base/actuator/backupRuntime/7',
    },
    {
      target: { ...zeebe, auth: { apiKey: { env: 'KEY' } } },
      call: 'curl -X DELETE -H "Authorization: ApiKey $KEY" https://zeebe:9600/base/actuator/backupRuntime/7',
    },
    {
      target: { ...zeebe, auth: { apiKey: { secretsManager: arn } } },
      call: 'curl -X DELETE -H "Authorization: ApiKey THE_API_KEY" https://zeebe:9600/base/actuator/backupRuntime/7',
    },
    {
      target: records,
      call: 'curl -X DELETE http://es:9200/_snapshot/my%20repository/camunda_zeebe_records_backup_7',
    },
    {
      target: { ...zeebe, url: 'http://zeebe/?a=$b' },
      call: "curl -X DELETE 'http://zeebe/?a=$b/actuator/backupRuntime/7'",
    },
  ] as const) {
    await using component = await openComponent(target, testContext());
    assert.equal(component.deleteCall(7), call);
  }
});

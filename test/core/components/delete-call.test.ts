import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { deleteCall } from '../../../core/components/delete-call.ts';
import type { CamundaTarget, RecordsTarget } from '../../../core/components/target.ts';

const zeebe: CamundaTarget = { component: 'zeebe', url: 'https://zeebe:9600/base', path: 'backupRuntime' };
const records: RecordsTarget = {
  component: 'records',
  engine: 'opensearch',
  url: 'http://es:9200',
  repository: 'my repository',
  indexPattern: 'zeebe-record*',
};
const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:x';

test('The call that deletes a backup can be pasted, with its base path, its name and its credentials', () => {
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
    assert.equal(deleteCall(target, 7), call);
  }
});

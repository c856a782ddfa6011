import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { prepareBackup } from '../../../core/backup/prepare.ts';
import { BackupError } from '../../../core/errors.ts';
import { planned, request, setUp } from '../backup/prepare-world.ts';
import { at, cluster88, indexOf, yaml87, yaml88 } from '../fake-cluster.ts';
import { failureOf, fakeSearch, json, noAnswer } from '../fakes.ts';
import { zeebe as zeebeAnswers } from '../recorded.ts';

describe('A cluster that cannot be backed up', () => {
  test('A cluster that cannot be backed up is told with all its problems at once', async () => {
    const search = fakeSearch([], { repository: async () => undefined });
    const { context, fake } = setUp({ search });
    fake.replies[`GET ${at.zeebe}/actuator/cluster`] = json(200, { brokers: [] });
    fake.replies[`GET ${at.optimize}/actuator`] = noAnswer(at.optimize);
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'ClusterNotReady');
    assert.match(error.message, /names no partition in its topology/);
    assert.match(error.message, /GET http:\/\/optimize:8092 failed/);
    assert.match(error.message, /snapshot repository camunda is not registered at http:\/\/es:9200/);
    assert.match(error.message, /^The cluster cannot be backed up now: 3 problems, the first: /);
    assert.equal(error.message.split('\n  - ').length, 3);
  });

  test('A cluster with one problem keeps the name of that problem, so that it can be retried', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.optimize}/actuator`] = noAnswer(at.optimize);
    assert.equal((await failureOf(planned(context))).name, 'Unreachable');
  });

  test('A Zeebe that does not answer, also not for its topology, is an error whose name is retried', async () => {
    const yaml = yaml88.replace(/ {4}webApp.*\n/, '');
    const { context, fake } = setUp({ yaml, fake: cluster88() });
    fake.replies[`GET ${at.zeebe}/actuator`] = noAnswer();
    fake.replies[`GET ${at.zeebe}/actuator/cluster`] = noAnswer();
    assert.equal((await failureOf(planned(context))).name, 'Unreachable');
  });

  test('Several problems that may all pass keep a name that is retried', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.zeebe}/actuator`] = json(503, { message: 'not yet' });
    fake.replies[`GET ${at.optimize}/actuator`] = noAnswer(at.optimize);
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'Unreachable');
    // A log and a terminal show the first line only.
    assert.match(
      error.message,
      /^The cluster cannot be backed up now: 3 problems, the first: Web applications answered GET .* with 503: not yet \(See the log of Web applications at zeebe:9600: .*\)\n/,
    );
    assert.match(error.message, /\n {2}- Zeebe answered GET .*503: not yet \(.*\)$/);
    assert.match(error.message, /\n {2}- Optimize cannot be reached: GET http:\/\/optimize:8092 failed/);
  });

  test('Several problems, one of which cannot pass, are not retried', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.zeebe}/actuator`] = json(503, { message: 'not yet' });
    fake.replies[`GET ${at.optimize}/actuator`] = new BackupError('AddressUnusable', 'expired');
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'ClusterNotReady');
  });

  test('The error of the preparation names each component that has no store or repository', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.zeebe}/actuator/backupRuntime`] = zeebeAnswers.noStore;
    fake.replies[`GET ${at.zeebe}/actuator/backupHistory`] = json(404, {
      message: 'No backup repository configured.',
    });
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'ClusterNotReady');
    assert.match(error.message, /No backup store is configured.*\(Configure a backup store/);
    assert.match(error.message, /No backup repository configured/);
  });

  for (const { what, change, says } of [
    {
      what: 'no index matches the records',
      change: { search: fakeSearch([], { indices: async () => [] }) },
      says: /No index at http:\/\/es:9200 matches zeebe-record\*/,
    },
    {
      what: 'a node cannot write to the repository',
      change: {
        search: fakeSearch([], {
          verifyRepository: async () => {
            throw new BackupError('ServerTrouble', 'not accessible on node 2');
          },
        }),
      },
      says: /not accessible on node 2/,
    },
  ] as const) {
    test(`A preparation is refused where ${what}, and the error says so`, async () => {
      const { context, search } = setUp(change);
      assert.match((await failureOf(planned(context))).message, says);
      assert.equal(search.closed, search.opened);
    });
  }

  test('A cluster that is older than 8.5 is refused, and the error says so', async () => {
    const { context, fake } = setUp({ yaml: yaml87 });
    fake.replies[`GET ${at.zeebe}/actuator/info`] = json(200, { build: { version: '8.4.9' } });
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'ClusterNotReady');
    assert.match(
      error.message,
      /^Zeebe says that the cluster at .* is Camunda 8\.4\.9; 8\.5 and later can be backed up/,
    );
  });

  test('A configuration of 8.7 for a cluster of 8.8 is refused with what to configure instead', async () => {
    const yaml = yaml87
      .replaceAll('http://operate:9600', at.zeebe)
      .replaceAll('http://tasklist:9600', at.zeebe);
    const { context } = setUp({ yaml, fake: cluster88() });
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'ClusterNotReady');
    assert.match(error.message, /Camunda 8\.8\.3 has no `operate` to back up \(Configure webApplications/);
  });

  test('A component without a backup endpoint is refused with where it was looked for', async () => {
    const { context, fake } = setUp({ yaml: yaml87 });
    fake.replies[`GET ${at.operate}/actuator`] = indexOf('health');
    const error = await failureOf(planned(context));
    assert.match(
      error.message,
      /Operate at http:\/\/operate:9600 has no backup endpoint \(looked for backups;/,
    );
    assert.match(error.remedy ?? '', /standalone/);
  });

  test('A cluster that is not configured is a ConfigurationError, and takes no lock', async () => {
    const { context } = setUp();
    const error = await failureOf(prepareBackup({ ...request, cluster: 'other' }, 'run-1', context));
    assert.equal(error.name, 'ConfigurationError');
    assert.equal(context.store.documents.size, 0);
  });
});

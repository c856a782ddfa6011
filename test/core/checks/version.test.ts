import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { planned, setUp } from '../backup/prepare-world.ts';
import { at, cluster87, cluster88, indexOf, yaml87, yaml88 } from '../fake-cluster.ts';
import { type FakeHttp, failureOf, json } from '../fakes.ts';
import { zeebe as zeebeAnswers } from '../recorded.ts';

describe('The version of a cluster', () => {
  test('The version follows from the endpoints where no info page says it, and is not called known', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.zeebe}/actuator/info`] = json(200, {});
    assert.equal((await planned(context)).order, 'PAUSE_FIRST');
    const older = setUp({ yaml: yaml87 });
    older.fake.replies[`GET ${at.zeebe}/actuator/info`] = json(200, {});
    const plan = await planned(older.context);
    assert.equal(plan.order, 'APPLICATIONS_FIRST');
    assert.equal(plan.zeebe[0]?.version, undefined);
    const manifest = await older.context.ledger.readManifest('production', plan.run.backupId);
    assert.equal(manifest?.camundaVersion, undefined);
  });

  test('The version that Zeebe says counts; another one in the file is a warning, with who says what', async () => {
    const { context } = setUp({ yaml: `${yaml88}    version: "8.7"\n` });
    const plan = await planned(context);
    assert.equal(plan.order, 'PAUSE_FIRST');
    assert.equal(plan.zeebe[0]?.version, '8.8.3');
    const manifest = await context.ledger.readManifest('production', plan.run.backupId);
    assert.deepEqual(manifest?.warnings, [
      'The configuration says Camunda 8.7 (`version`), but Zeebe at http://zeebe:9600 reports 8.8.3: the backup uses the version that Zeebe reports. Correct `version`, or remove it',
    ]);
  });

  test('An endpoint contradicts the version of the file where nothing else says the version', async () => {
    const yaml = `${yaml88.replace(/ {4}webApp.*\n/, '')}    version: "8.7"\n`;
    const { context, fake } = setUp({ yaml });
    fake.replies[`GET ${at.zeebe}/actuator/info`] = json(200, {});
    const plan = await planned(context);
    assert.equal(plan.order, 'APPLICATIONS_FIRST');
    const manifest = await context.ledger.readManifest('production', plan.run.backupId);
    assert.match(
      manifest?.warnings[0] ?? '',
      /^The configuration says Camunda 8\.7 \(`version`\), but Zeebe at .* has the endpoint backupHistory/,
    );
  });

  test('The version of the file in fewer numbers than that of Zeebe is no other version', async () => {
    const { context } = setUp({ yaml: `${yaml88}    version: "8.8"\n` });
    const { run } = await planned(context);
    assert.deepEqual((await context.ledger.readManifest('production', run.backupId))?.warnings, []);
  });

  test('The version that only the file says is written down as the word of the file', async () => {
    const { context, fake } = setUp({ yaml: `${yaml88}    version: "8.9"\n` });
    fake.replies[`GET ${at.zeebe}/actuator/info`] = json(200, {});
    const { run, zeebe } = await planned(context);
    assert.equal(zeebe[0]?.version, undefined);
    const manifest = await context.ledger.readManifest('production', run.backupId);
    assert.equal(manifest?.camundaVersion, undefined);
    assert.equal(manifest?.configuredVersion, '8.9');
  });

  test('The version that the brokers say to the gateway counts where the management port does not say it', async () => {
    const rest = 'http://zeebe:8080';
    const yaml = `${yaml88.replace(`{ url: ${at.zeebe} }`, `{ url: ${at.zeebe}, rest: { url: ${rest} } }`)}    version: "8.9"\n`;
    const { context, fake } = setUp({ yaml });
    fake.replies[`GET ${at.zeebe}/actuator/info`] = json(200, {});
    fake.replies[`GET ${rest}/v2/exporting`] = json(404, {});
    const partitions = [1, 2, 3].map((partitionId) => ({ partitionId, role: 'leader', health: 'healthy' }));
    const topology = (...versions: string[]) =>
      json(200, {
        brokers: versions.map((version) => ({ version, partitions })),
        clusterSize: versions.length,
        partitionsCount: 3,
      });
    fake.replies[`GET ${rest}/v2/topology`] = topology('8.8.4');
    const plan = await planned(context);
    assert.equal(plan.zeebe[0]?.version, '8.8.4');
    const manifest = await context.ledger.readManifest('production', plan.run.backupId);
    assert.equal(manifest?.camundaVersion, '8.8.4');
    assert.match(
      manifest?.warnings[0] ?? '',
      /says Camunda 8\.9 \(`version`\), but Zeebe .* reports 8\.8\.4/,
    );

    const updating = setUp({ yaml, fake });
    fake.replies[`GET ${rest}/v2/topology`] = topology('8.8.4', '8.9.0');
    assert.equal((await planned(updating.context)).zeebe[0]?.version, undefined);
  });

  const refusal = async (yaml: string, fake: FakeHttp) => {
    fake.replies[`GET ${at.zeebe}/actuator/info`] = json(200, {});
    const error = await failureOf(planned(setUp({ yaml, fake }).context));
    assert.equal(error.name, 'ClusterNotReady');
    return `${error.message} ${error.remedy ?? ''}`;
  };
  const olderAt = (url: string) => yaml87.replaceAll(at.operate, url).replaceAll(at.tasklist, url);

  test('The file’s version is what to correct first where only the file says it and the endpoints contradict it', async () => {
    assert.match(
      await refusal(`${yaml88}    version: "8.7"\n`, cluster88()),
      /no `webApplications` to back up Correct `version` in the configuration, which says 8\.7, or remove it: the cluster has the endpoint backupHistory, which exists from 8\.8 on\. If `version` is right, configure operate and tasklist/,
    );
  });

  test('The file’s version is what to correct first where a component says another one', async () => {
    assert.match(
      await refusal(`${yaml87}    version: "8.8"\n`, cluster87()),
      /Correct `version` in the configuration, which says 8\.8: another component reports 8\.7\.2\./,
    );
  });

  test('A version that is not in the file is not what to correct', async () => {
    const said = await refusal(olderAt(at.zeebe), cluster88());
    assert.match(said, /has no `operate` to back up \(Configure webApplications instead of operate\.\)/);
    assert.doesNotMatch(said, /`version`/);
  });

  test('A version that only the file says, and that is too old, is not put into the mouth of Zeebe', async () => {
    const { context, fake } = setUp({ yaml: `${yaml88}    version: "8.4"\n` });
    fake.replies[`GET ${at.zeebe}/actuator/info`] = json(200, {});
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'ClusterNotReady');
    assert.match(
      error.message,
      /^The configuration \(`version`\) says that the cluster at .* is Camunda 8\.4, but it has the endpoint backupHistory, which exists from 8\.8 on; 8\.5 and/,
    );
    assert.match(error.remedy ?? '', /Correct `version`/);
  });

  test('The version in the file serves management ports without an index page', async () => {
    const { context, fake } = setUp({ yaml: `${yaml88}    version: "8.8"\n` });
    fake.replies[`GET ${at.zeebe}/actuator`] = zeebeAnswers.missingEndpoint;
    const plan = await planned(context);
    assert.equal(plan.zeebe[0]?.path, 'backupRuntime');
    assert.equal(plan.applications[0]?.path, 'backupHistory');
  });

  test('8.8 in its standalone profile keeps the older name of the endpoint', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.zeebe}/actuator`] = indexOf('backups', 'backupHistory', 'partitions');
    fake.replies[`GET ${at.zeebe}/actuator/backups`] = json(200, []);
    assert.equal((await planned(context)).zeebe[0]?.path, 'backups');
  });
});

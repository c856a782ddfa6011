import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { checkCluster } from '../../../core/doctor/check-cluster.ts';
import { identityOf } from '../../../core/doctor/identity.ts';
import { at, cluster88, indexOf, yaml88 } from '../fake-cluster.ts';
import { fakeHttp, json, secrets, testContext } from '../fakes.ts';

const shown = json(200, {
  contexts: {
    Camunda: {
      beans: { one: { prefix: 'camunda', properties: { data: { backup: { store: 'NONE' } } } } },
    },
  },
});

test('A page that hangs does not hide what the other pages and the other addresses show', async () => {
  const fake = cluster88();
  Object.assign(fake.replies, {
    [`GET ${at.zeebe}/actuator`]: indexOf(
      'backupRuntime',
      'backupHistory',
      'exporting',
      'partitions',
      'cluster',
      'info',
      'configprops',
      'prometheus',
    ),
    [`GET ${at.zeebe}/actuator/configprops`]: shown,
  });
  const context = testContext({
    yaml: yaml88,
    http: (request) =>
      request.url.endsWith('/prometheus') ? new Promise(() => undefined) : fake.http(request),
  });
  const { diagnosis, addresses, findings } = await checkCluster('production', context);
  assert.deepEqual(findings, []);
  assert.deepEqual(
    diagnosis.filter(({ name }) => name === 'store').map(({ severity }) => severity),
    ['error'],
  );
  assert.equal(addresses[0]?.is?.component, 'Zeebe with the web applications');
  assert.equal(addresses[1]?.is?.component, 'Optimize, as configured');
});

test('An address is named by the snapshots of its backup, and not by what the configuration takes it for', () => {
  const url = at.optimize;
  const [properties, metrics, version, checkpoints, skew] = [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ];
  const more = { properties, metrics, version, checkpoints, skew };
  const newest = {
    component: 'webApplications' as const,
    url,
    backupId: 7,
    state: 'COMPLETED',
    snapshots: ['camunda_optimize_7_8.8.0_part_1_of_2'],
    expected: 2,
    isThere: undefined,
    failure: undefined,
  };
  const is = identityOf(
    { url, roles: ['webApplications'], endpoints: new Set(['backups']), ...more },
    { version: '8.8.0', tenants: [], newest: [newest] },
  );
  assert.equal(is?.component, 'Optimize');
});

const web = 'http://camunda.example.com';

/** The same cluster at a port of the web. */
async function atTheWeb(settings = '') {
  const { replies } = cluster88();
  const moved = Object.entries(replies).map(([key, reply]) => [key.replace(at.zeebe, web), reply]);
  const yaml = yaml88.replaceAll(`{ url: ${at.zeebe} }`, `{ url: ${web}${settings} }`);
  const context = { ...testContext({ yaml, http: fakeHttp(Object.fromEntries(moved)).http }), secrets };
  const { diagnosis } = await checkCluster('production', context);
  return diagnosis.filter(({ name }) => name === 'exposed');
}

test('Management endpoints that answer at a port of the web without a login are told', async () => {
  const [told, ...others] = await atTheWeb();
  assert.equal(told?.severity, 'warning');
  assert.match(
    told?.says ?? '',
    /answer at http:\/\/camunda\.example\.com, a port of the web, without a login/,
  );
  assert.match(told?.remedy ?? '', /^Take \/actuator out of the ingress/);
  assert.deepEqual(others, []);
  assert.deepEqual(await atTheWeb(', auth: { username: u, password: { env: ES_PASSWORD } }'), []);
});

test('The physical tenant of 8.10 is shown, with the base path', async () => {
  const { replies } = cluster88();
  const members = {
    brokers: [{ id: 0, state: 'ACTIVE', partitions: [1, 2, 3].map((id) => ({ id, state: 'ACTIVE' })) }],
    physicalTenants: [{ id: 'default' }],
  };
  Object.assign(replies, { [`GET ${at.zeebe}/actuator/cluster`]: json(200, members) });
  const based = `${at.zeebe}/camunda`;
  const moved = Object.entries(replies).map(([key, reply]) => [key.replace(at.zeebe, based), reply]);
  const yaml = yaml88.replaceAll(at.zeebe, based);
  const context = testContext({ yaml, http: fakeHttp(Object.fromEntries(moved)).http });
  const { addresses } = await checkCluster('production', context);
  assert.deepEqual(addresses[0]?.is, {
    component: 'Zeebe with the web applications',
    version: '8.8.3',
    contextPath: '/camunda',
    tenants: ['default'],
  });
});

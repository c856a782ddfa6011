import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { checkCluster, checkedCluster } from '../../../core/doctor/check-cluster.ts';
import { BackupError } from '../../../core/errors.ts';
import { holdLock, pauseOf, run } from '../backup/world.ts';
import { at, cluster88, yaml88 } from '../fake-cluster.ts';
import { failureOf, fakeSearch, json, noAnswer, type Reply, testContext } from '../fakes.ts';

/** A check of a cluster of 8.8 that answers otherwise as told, with what was asked and written. */
async function check({
  replies = {},
  yaml = yaml88,
  search = fakeSearch(),
  before = async () => undefined,
}: {
  replies?: Record<string, Reply>;
  yaml?: string;
  search?: ReturnType<typeof fakeSearch>;
  before?: (context: ReturnType<typeof testContext>) => Promise<unknown>;
}) {
  const fake = cluster88();
  Object.assign(fake.replies, replies);
  const context = testContext({ yaml, http: fake.http, search });
  await before(context);
  const ledgerBefore = [...context.store.documents];
  const checked = await checkCluster('production', context);
  assert.deepEqual([...context.store.documents], ledgerBefore, 'the ledger has changed');
  assert.deepEqual(
    fake.calls().filter((call) => !call.startsWith('GET ')),
    [],
  );
  assert.deepEqual(checkedCluster.parse(JSON.parse(JSON.stringify(checked))), checked);
  return checked;
}

test('A check of a good cluster finds nothing, and has reached every address', async () => {
  const { cluster, findings, addresses } = await check({});
  assert.equal(cluster, 'production');
  assert.deepEqual(findings, []);
  assert.deepEqual(
    addresses.map(({ name, url, reached }) => ({ name, url, reached })),
    [
      { name: 'zeebe, webApplications', url: at.zeebe, reached: true },
      { name: 'optimize', url: at.optimize, reached: true },
      { name: 'search', url: 'http://es:9200', reached: true },
    ],
  );
  assert.match(addresses[0]?.seen ?? '', /^GET http:\/\/zeebe:9600\/actuator answered with HTTP 200$/);
});

test('A check finds what a backup would be refused for, with the remedy', async () => {
  const { findings } = await check({
    search: fakeSearch([], {
      verifyRepository: async () => {
        throw new BackupError('ServerTrouble', 'node 2 cannot write');
      },
    }),
  });
  const [found] = findings.filter(({ severity }) => severity === 'error');
  assert.equal(found?.name, 'repository');
  assert.match(found?.says ?? '', /node 2 cannot write/);
  assert.ok(found?.remedy);
});

test('An address that gives no answer is shown with the reason and the remedy, and the others are asked all the same', async () => {
  const broker = 'http://zeebe-0:9600';
  const yaml = yaml88.replace(
    `zeebe: { url: ${at.zeebe} }`,
    `zeebe: { url: ${at.zeebe}, brokers: [${broker}], rest: { url: http://zeebe:8080 } }`,
  );
  const silent = new BackupError('Unreachable', `GET ${at.zeebe}/actuator failed: getaddrinfo ENOTFOUND`, {
    remedy: 'The name is not known here.',
  });
  const { addresses, findings } = await check({
    yaml,
    replies: {
      [`GET ${at.zeebe}/actuator`]: silent,
      [`GET ${broker}`]: json(404, {}),
      [`GET ${broker}/actuator`]: json(404, {}),
      'GET http://zeebe:8080': noAnswer('http://zeebe:8080'),
      'GET http://zeebe:8080/v2/exporting': noAnswer('http://zeebe:8080/v2/exporting'),
    },
  });
  const seen = new Map(addresses.map((one) => [one.name, one]));
  assert.deepEqual(seen.get('zeebe, webApplications'), {
    name: 'zeebe, webApplications',
    url: at.zeebe,
    reached: false,
    seen: silent.message,
    remedy: 'The name is not known here.',
  });
  assert.equal(seen.get('zeebe.brokers')?.seen, `GET ${broker} answered with HTTP 404`);
  assert.equal(seen.get('zeebe.brokers')?.reached, true);
  assert.equal(seen.get('zeebe.rest')?.reached, false);
  assert.equal(seen.get('optimize')?.reached, true);
  assert.ok(findings.some(({ severity, says }) => severity === 'error' && says.includes('ENOTFOUND')));
});

test('A check in the pause of a run tells of its lock, and does not take its pause for that of somebody else', async () => {
  const { findings } = await check({
    before: async (context) => {
      await holdLock(context);
      await context.ledger.changeLock('production', run.runId, () => pauseOf());
    },
    replies: {
      [`GET ${at.zeebe}/actuator/partitions`]: json(
        200,
        Object.fromEntries([1, 2, 3].map((id) => [id, { exporterPhase: 'SOFT_PAUSED' }])),
      ),
    },
  });
  assert.deepEqual(
    findings.map(({ name, severity }) => `${severity} ${name}`),
    ['warning lock'],
  );
  assert.match(findings[0]?.remedy ?? '', /camunda-backup status --cluster production$/);
});

test('A ledger that cannot be read is an error of its own, once, and the cluster is looked at all the same', async () => {
  const { findings, addresses } = await check({
    before: async ({ ledger }) => {
      const down = async (): Promise<never> => {
        throw new BackupError('LedgerError', 'S3 does not answer', {
          remedy: 'Give the subnets an endpoint.',
        });
      };
      Object.assign(ledger, { readLock: down, backupIds: down, lastCompleted: down });
    },
  });
  assert.deepEqual(findings, [
    {
      name: 'ledger',
      severity: 'error',
      subject: 'ledger',
      says: 'S3 does not answer',
      remedy: 'Give the subnets an endpoint.',
    },
  ]);
  assert.equal(addresses.length, 3);
});

test('A cluster that the configuration does not have is refused', async () => {
  const error = await failureOf(checkCluster('another', testContext({ yaml: yaml88 })));
  assert.equal(error.name, 'ConfigurationError');
});

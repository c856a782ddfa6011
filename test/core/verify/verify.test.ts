import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { verifyBackup } from '../../../core/verify/verify.ts';
import { failureOf, json, noAnswer, someOwner } from '../fakes.ts';
import {
  at88,
  backupId,
  cluster,
  contents,
  contextOf,
  judged,
  partition,
  verified,
  type World,
  world,
  zeebeAnswer,
} from './world.ts';

const by = { runId: 'verification-1', owner: someOwner };

test('A backup of which everything was seen to be right is proven', async () => {
  const { verification, context } = await verified(world());
  assert.deepEqual(
    verification.judgements.filter(({ verdict }) => verdict !== 'proven'),
    [],
  );
  assert.equal(verification.verdict, 'proven');
  assert.deepEqual(verification.read, { files: 4, bytes: 36, seconds: 0 });
  assert.deepEqual(context.warnings, []);
});

describe('The verdict depends on what must be known', () => {
  const lacksStore = (world: World) => {
    world.store = undefined;
  };
  const zeebeSilent = ({ http }: World) => {
    http.replies[at88.zeebe] = noAnswer();
  };
  for (const { what, change, settings, readData = true, verdict, required } of [
    {
      what: 'Without a list, everything to which the configuration gives access must be known',
      change: zeebeSilent,
      verdict: 'unknown',
      required: ['manifest', 'components', 'snapshots', 'partitions', 'store'],
    },
    {
      what: 'Without a list, a store that the configuration does not name may be unknown',
      change: lacksStore,
      verdict: 'inPart',
      required: ['manifest', 'components', 'snapshots', 'partitions'],
    },
    {
      what: 'A list makes the store necessary',
      change: lacksStore,
      settings: '    verify: { require: [store] }',
      verdict: 'unknown',
      required: ['store'],
    },
    {
      what: 'A list makes Zeebe unnecessary',
      change: zeebeSilent,
      settings: '    verify: { require: [snapshots] }',
      verdict: 'inPart',
      required: ['snapshots'],
    },
    {
      what: 'Contents that must be known and were not read are unknown',
      change: () => undefined,
      settings: '    verify: { require: [data] }',
      readData: false,
      verdict: 'unknown',
      required: ['data'],
    },
    {
      what: 'Something that must be known and was not looked at is unknown',
      change: () => undefined,
      settings: '    verify: { require: [replication] }',
      verdict: 'unknown',
      required: ['replication'],
    },
    {
      what: 'What is wrong is wrong, whatever must be known',
      change: ({ files }: World) => {
        files[`${contents(1)}snapshot/000012.sst`] = '';
      },
      settings: '    verify: { require: [] }',
      verdict: 'wrong',
      required: [],
    },
  ]) {
    test(what, async () => {
      const changed = { ...world(), settings: settings ?? '' };
      change(changed);
      const { verification } = await verified(changed, { readData });
      assert.equal(verification.verdict, verdict, JSON.stringify(verification.judgements, undefined, 1));
      assert.deepEqual(verification.required, required);
    });
  }
});

test('Contents that nobody asked to read are neither proven nor told as unknown', async () => {
  const { verification } = await verified(world(), { readData: false });
  assert.deepEqual(judged(verification, 'data'), []);
  assert.equal(verification.read, undefined);
  assert.equal(verification.verdict, 'proven');
});

test('Contents that should be read and could not be are unknown', async () => {
  const { verification } = await verified({ ...world(), store: undefined });
  assert.match(judged(verification, 'data').join(), /^unknown: .*were not read/);
});

test('An empty file of a snapshot is right if the broker took it empty, as its checksum shows', async () => {
  const changed = world();
  const sums = `${contents(1)}snapshot/44-1-60-50-0.checksum`;
  changed.files[sums] = (changed.files[sums] ?? '').replace('000012.sst   e3069283', '000012.sst   0');
  changed.files[`${contents(1)}snapshot/000012.sst`] = '';
  const { verification } = await verified(changed);
  assert.equal(verification.verdict, 'proven');
});

test('A version whose backups lack something is named, which is a warning', async () => {
  const changed = world();
  for (const one of changed.snapshots) {
    one.name = one.name.replace('webapps_1748937221_8.8.20', 'webapps_1748937221_8.8.9');
    if (one.name.includes('webapps')) one.metadata = {};
  }
  for (const one of changed.recorded) {
    one.name = one.name.replace('webapps_1748937221_8.8.20', 'webapps_1748937221_8.8.9');
  }
  const [entry] = changed.manifest?.components ?? [];
  delete entry?.scheduledSnapshots;
  const { verification } = await verified(changed);
  const [found] = verification.judgements.filter(({ name }) => name === 'versions');
  assert.match(found?.says ?? '', /8\.8\.9 lack .*issues\/47122/);
  assert.equal(found?.verdict, 'warning');
  assert.match(found?.remedy ?? '', /8\.8\.15/);
  assert.equal(verification.verdict, 'proven');
});

test('A backup from before partitions were added is right, although Zeebe calls it INCOMPLETE', async () => {
  const changed = world();
  changed.http.replies[at88.zeebe] = zeebeAnswer(
    [partition(1), partition(2), partition(3, { state: 'DOES_NOT_EXIST' })],
    'INCOMPLETE',
  );
  const { verification } = await verified(changed);
  assert.equal(verification.verdict, 'proven');
  assert.deepEqual(judged(verification, 'components', 'zeebe'), [
    'warning: Zeebe: the backup 1748937221 has 2 of the 3 partitions that the cluster has today, and had no more then',
  ]);
});

test('Clocks of brokers that differ from each other prove nothing wrong', async () => {
  const changed = world();
  const [first, second] = changed.manifest?.components.at(-1)?.parts ?? [];
  assert(first && second);
  Object.assign(first, { startedAt: '2025-06-03T07:53:40.000Z', endedAt: '2025-06-03T07:53:50.000Z' });
  Object.assign(second, { startedAt: '2025-06-03T07:54:40.000Z', endedAt: '2025-06-03T07:54:50.000Z' });
  const { verification } = await verified(changed);
  assert.match(judged(verification, 'times').join(), /^proven: .*the clocks differ by at least 28 s$/);
});

describe('An id that nothing knows', () => {
  const absent = json(404, { message: `No backup with id [${backupId}] found.` });
  const nowhere = (): World => {
    const none = { ...world(), manifest: undefined, files: {} };
    none.snapshots.splice(0);
    for (const place of Object.values(at88)) none.http.replies[place] = absent;
    return none;
  };

  test('It is a mistake of the user, and no damage', async () => {
    const error = await failureOf(verified(nowhere()));
    assert.equal(error.name, 'ConfigurationError');
    assert.match(error.message, /There is no backup 1748937221 of production/);
  });

  test('As long as something did not answer, the backup may be there', async () => {
    const changed = nowhere();
    changed.http.replies[at88.zeebe] = noAnswer();
    const { verification } = await verified(changed);
    assert.equal(verification.verdict, 'unknown');
    assert.deepEqual(
      verification.judgements.filter(({ verdict }) => verdict === 'wrong'),
      [],
    );
    assert.deepEqual(judged(verification, 'partitions').length, 1);
  });
});

describe('Nothing is deleted while it is verified', () => {
  test('The backup is marked as in use meanwhile, and not any more afterwards', async () => {
    const changed = world();
    let during: string | undefined;
    const context = await contextOf(changed);
    changed.http.replies[at88.zeebe] = () => zeebeAnswer([partition(1), partition(2)]);
    const onProgress = () => {
      during ??= context.store.documents.get(`production/backups/${backupId}/use.json`);
    };
    await verifyBackup(cluster, backupId, { readData: true, by, onProgress }, context);
    assert.match(during ?? '', /"what": "verification"/);
    assert.equal((await context.ledger.lookForUse(cluster, backupId)).inUse, undefined);
  });

  test('The mark is renewed as long as files are read', async () => {
    const context = await contextOf(world());
    let renewed = 0;
    const { renewUse } = context.ledger;
    context.ledger.renewUse = async (...mark) => {
      renewed += 1;
      return renewUse(...mark);
    };
    const onProgress = () => context.clock.advance(30);
    await verifyBackup(cluster, backupId, { readData: true, by, onProgress }, context);
    assert(renewed > 1);
  });

  test('A ledger that cannot be written prevents no verification', async () => {
    const context = await contextOf(world());
    context.ledger.markUse = () => Promise.reject(new Error('read-only'));
    const { verdict } = await verifyBackup(cluster, backupId, { readData: false, by }, context);
    assert.equal(verdict, 'proven');
    assert.match(context.warnings.join('\n'), /could not be marked as in use by its verification: read-only/);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { BackupError } from '../../../core/errors.ts';
import { freeable, freeUnreadableLock } from '../../../core/repair/unreadable-lock.ts';
import { at, cluster88, yaml88 } from '../fake-cluster.ts';
import type { FakeHttp } from '../fakes.ts';
import { failureOf, json, noAnswer, testContext } from '../fakes.ts';

const key = 'production/lock.json';
const broker = 'http://zeebe-1:9600';

/** Zeebe is reached at a gateway; one broker is configured beside it. */
const withBroker = yaml88.replace(
  `zeebe: { url: ${at.zeebe} }`,
  `zeebe: { url: ${at.zeebe}, brokers: ['${at.zeebe}', '${broker}'] }`,
);

function setUp(change: (fake: FakeHttp) => void = () => undefined, yaml = yaml88) {
  const fake = cluster88();
  change(fake);
  const context = testContext({ yaml, http: fake.http });
  context.store.documents.set(key, '{ not a lock');
  const free = async () => {
    const lock = await freeable('production', { force: true }, context);
    const config = (await context.config()).clusters['production'];
    assert(lock && config);
    return freeUnreadableLock('production', config, lock, context);
  };
  return { fake, context, free };
}

const resumes = ({ calls }: FakeHttp) => calls().filter((call) => call.endsWith('/exporting/resume')).length;

describe('A lock that cannot be read, and is freed by force', () => {
  test('A lock that cannot be read is freed when every partition is read back', async () => {
    const { free, context } = setUp();
    assert.equal((await free()).exporting, 'proven');
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('A lock that cannot be read is freed on the answer alone where the address shows no partitions', async () => {
    const { free, fake } = setUp(({ replies }) => {
      replies[`GET ${at.zeebe}/actuator/partitions`] = json(404, { error: 'Not Found' });
    });
    assert.equal((await free()).exporting, 'answered');
    assert.equal(resumes(fake), 1);
  });

  for (const { what, reply } of [
    { what: 'is silent', reply: noAnswer(broker) },
    { what: 'is in trouble', reply: json(503, { message: 'starting' }) },
  ] as const) {
    test(`A lock that cannot be read stays while a broker that could show its partitions ${what}`, async () => {
      const { free, context } = setUp(({ replies }) => {
        replies[`GET ${broker}/actuator/partitions`] = reply;
      }, withBroker);
      const error = await failureOf(free());
      assert.equal(error.name, 'ResumeFailed');
      assert.match(error.message, /zeebe-1.* could not be read/);
      assert.deepEqual([...context.store.documents.keys()], [key]);
    });
  }

  test('A lock that cannot be read stays where the topology is not told, and exporting is resumed all the same', async () => {
    const { free, fake, context } = setUp(({ replies }) => {
      replies[`GET ${at.zeebe}/actuator/cluster`] = noAnswer();
    });
    assert.equal((await failureOf(free())).name, 'Unreachable');
    assert.equal(resumes(fake), 1);
    assert.equal(context.store.documents.get(key), '{ not a lock');
  });

  test('A lock that cannot be read stays where the ledger takes nothing, and it is said that exporting is resumed', async () => {
    for (const name of ['LedgerUnusable', 'LedgerError'] as const) {
      const { free, fake, context } = setUp();
      context.store.before = (call) => {
        if (!call.startsWith('read')) throw new BackupError(name, 'ENOSPC', { remedy: 'Free some space.' });
      };
      const error = await failureOf(free());
      assert.equal(error.name, name === 'LedgerError' ? 'ResumeUnwritten' : 'ResumeUnwritable');
      assert.match(error.message, /^Exporting is resumed \(read back on every partition\)/);
      assert.equal(error.remedy, 'Free some space.');
      assert.equal(resumes(fake), 1);
      assert.equal(context.store.documents.get(key), '{ not a lock');
    }
  });

  test('A lock that cannot be read stays where somebody has changed it while exporting was resumed', async () => {
    const { free, fake, context } = setUp();
    const resume = fake.replies[`POST ${at.zeebe}/actuator/exporting/resume`];
    fake.replies[`POST ${at.zeebe}/actuator/exporting/resume`] = (request) => {
      context.store.documents.set(key, '{ another');
      context.store.touch(key);
      assert(typeof resume === 'function');
      return resume(request);
    };
    assert.equal((await failureOf(free())).name, 'LockLost');
    assert.deepEqual([...context.store.documents], [[key, '{ another']]);
  });

  test('A lock that cannot be read is its own error where nothing is forced', async () => {
    const { context } = setUp();
    const error = await failureOf(freeable('production', { force: false }, context));
    assert.equal(error.name, 'LedgerCorrupt');
    assert.match(error.remedy ?? '', /camunda-backup repair --cluster production --force/);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { BackupError } from '../../../core/errors.ts';
import { nowSeconds, setUp } from '../backup/prepare-world.ts';
import { at, yaml87 } from '../fake-cluster.ts';
import { failureOf, fakeSearch, json, noAnswer, snapshotNamed } from '../fakes.ts';
import {
  operate as operateAnswers,
  tasklist as tasklistAnswers,
  zeebe as zeebeAnswers,
} from '../recorded.ts';

const zeebe = `GET ${at.zeebe}/actuator/backupRuntime`;
const history = `GET ${at.zeebe}/actuator/backupHistory`;
const optimize = `GET ${at.optimize}/actuator/backups`;
const noHistory = json(404, { message: `No backup with id [${nowSeconds}] found.` });
const noOptimize = json(404, { errorCode: 'notFoundError', errorMessage: 'no such backup' });
const tooMany = json(504, { message: 'Request timed out in PT15S' });
const backups = (...ids: number[]) =>
  json(
    200,
    ids.map((backupId) => ({ backupId, state: 'COMPLETED' })),
  );

const broken = async (): Promise<never> => {
  throw new BackupError('Unreachable', 'no answer within 30 s');
};

describe('A list that cannot be had', () => {
  for (const { who, replies, title } of [
    {
      who: 'Zeebe has more backups than it can list',
      replies: {
        [zeebe]: tooMany,
        [`${zeebe}/1795*`]: tooMany,
        [`${zeebe}/${nowSeconds}`]: zeebeAnswers.unknown,
      },
      title: 'Zeebe',
    },
    {
      who: 'the web applications do not answer in time',
      replies: { [history]: noAnswer(at.zeebe), [`${history}/${nowSeconds}`]: noHistory },
      title: 'Web applications',
    },
    {
      who: 'Optimize lists in a form that is not known',
      replies: { [optimize]: json(200, { backups: [] }), [`${optimize}/${nowSeconds}`]: noOptimize },
      title: 'Optimize',
    },
    {
      who: 'a bad backup keeps an application from listing',
      replies: { [history]: tasklistAnswers.listUnreadable, [`${history}/${nowSeconds}`]: noHistory },
      title: 'Web applications',
    },
  ] as const) {
    test(`The manifest says that a second backup could not be excluded where ${who}`, async () => {
      const { backupId, warnings } = await setUp({ replies }).prepare();
      assert.equal(backupId, nowSeconds);
      assert.equal(warnings.length, 1, warnings.join('\n'));
      const head = `A second backup could not be excluded: ${title} cannot list its backups: `;
      assert(warnings[0]?.startsWith(head), warnings[0]);
    });
  }

  test('The manifest says that a second backup could not be excluded where snapshots cannot be listed', async () => {
    const search = fakeSearch([], { snapshotNames: broken, runningSnapshots: broken });
    const { warnings } = await setUp({ search }).prepare();
    assert.deepEqual(warnings, [
      'A second backup could not be excluded: Zeebe records cannot list its backups: no answer within 30 s',
    ]);
  });

  test('The manifest says the same up to 8.7, where Zeebe cannot list by the beginning of an id', async () => {
    const older = `GET ${at.zeebe}/actuator/backups`;
    const operate = `GET ${at.operate}/actuator/backups`;
    const { fake, prepare } = setUp({
      yaml: yaml87,
      replies: {
        [older]: tooMany,
        [`${older}/${nowSeconds}`]: zeebeAnswers.unknown,
        [operate]: tooMany,
        [`${operate}/${nowSeconds}`]: operateAnswers.unknownNull,
      },
    });
    assert.equal((await prepare()).warnings.length, 2);
    assert(fake.calls().every((call) => !call.endsWith('*')));
  });
});

describe('The id where a list cannot be had', () => {
  test('The id is above those that Zeebe lists by their beginning where it cannot list all', async () => {
    const { backupId } = await setUp({
      replies: {
        [zeebe]: tooMany,
        [`${zeebe}/1795*`]: backups(nowSeconds + 5, nowSeconds - 100),
        [`${zeebe}/${nowSeconds + 6}`]: zeebeAnswers.unknown,
      },
    }).prepare();
    assert.equal(backupId, nowSeconds + 6);
  });

  test('An id that is given is looked for by its own beginning where the list cannot be had', async () => {
    const { prepare } = setUp({
      replies: { [zeebe]: tooMany, [`${zeebe}/20261121*`]: backups(20_261_121_080_000) },
    });
    const error = await failureOf(prepare({ backupId: 20_261_121_080_000 }));
    assert.equal(error.name, 'BackupIdRefused');
    assert.match(error.message, /is used already \(Zeebe\)$/);
  });

  test('A snapshot of the records that is being taken refuses the backup where the list cannot be had', async () => {
    const running = snapshotNamed('camunda_zeebe_records_backup_41', { state: 'IN_PROGRESS' });
    const search = fakeSearch([running], { snapshotNames: broken });
    const error = await failureOf(setUp({ search }).prepare());
    assert.equal(error.name, 'ComponentBusy');
    assert.match(error.message, /taking the backup 41 \(IN_PROGRESS\)/);
  });

  test('An id that the component has is refused where its list cannot be had, also where its checks only warn', async () => {
    for (const settings of ['', '    checks: { components: warn }\n']) {
      const taken = json(200, { backupId: nowSeconds, state: 'INCOMPLETE', details: [] });
      const replies = { [history]: tooMany, [`${history}/${nowSeconds}`]: taken };
      const { context, prepare } = setUp({ replies, settings });
      const error = await failureOf(prepare());
      assert.equal(error.name, 'BackupIdRefused');
      assert.equal(error.message, `Web applications already has a backup ${nowSeconds} (INCOMPLETE)`);
      assert.deepEqual(await context.ledger.backupIds('production'), []);
      assert.equal((await context.ledger.readLock('production'))?.backupId, undefined);
    }
  });

  const noEngine = json(502, { message: 'no engine' });
  for (const { title, world, reason, remedy } of [
    {
      title: 'Web applications',
      world: { replies: { [history]: tooMany, [`${history}/${nowSeconds}`]: noEngine } },
      reason: /backupHistory\/1795251600 with 502: no engine$/,
      remedy: /^See the log of Web applications,/,
    },
    {
      title: 'Optimize',
      world: { replies: { [optimize]: tooMany, [`${optimize}/${nowSeconds}`]: noEngine } },
      reason: /backups\/1795251600 with 502: no engine$/,
      remedy: /^See the log of Optimize,/,
    },
    {
      title: 'Zeebe',
      world: {
        replies: {
          [zeebe]: zeebeAnswers.storeDown,
          [`${zeebe}/1795*`]: zeebeAnswers.storeDown,
          [`${zeebe}/${nowSeconds}`]: zeebeAnswers.storeDown,
        },
      },
      reason: /Connection refused: \/127\.0\.0\.1:5566/,
      remedy: /does not reach its backup store/,
    },
    {
      title: 'Zeebe records',
      world: { search: fakeSearch([], { snapshotNames: broken, snapshot: broken }) },
      reason: /no answer within 30 s$/,
      remedy: /^Check that the search engine reaches its repository/,
    },
  ] as const) {
    test(`${title} without a list and without a word of the id refuses the backup, whatever the checks say`, async () => {
      for (const settings of [
        '',
        '    checks: { components: warn, backupStore: warn, repository: warn, records: warn }\n',
      ]) {
        const { context, prepare } = setUp({ ...world, settings });
        const error = await failureOf(prepare({ backupId: nowSeconds }));
        assert.match(
          error.message,
          new RegExp(`^It is not known whether ${title} already has a backup 1795251600: `),
        );
        assert.match(error.message, reason);
        assert.match(error.remedy ?? '', remedy);
        assert.deepEqual(await context.ledger.backupIds('production'), []);
      }
    });
  }

  test('Operate that says of every id what it says of one at work has not said that it has ours', async () => {
    const operate = `GET ${at.operate}/actuator/backups`;
    const message = `Exception occurred when searching for backup with ID [${nowSeconds}].`;
    const replies = { [operate]: tooMany, [`${operate}/${nowSeconds}`]: json(400, { message }) };
    const error = await failureOf(setUp({ yaml: yaml87, replies }).prepare());
    assert.equal(error.name, 'ServerTrouble');
    assert.match(error.message, /^Operate cannot list its backups, and does not say whether/);
  });

  test('A run that prepares once more without a list keeps its id, although the component has it by then', async () => {
    const one = `${history}/${nowSeconds}`;
    const { fake, prepare } = setUp({ replies: { [history]: tooMany, [one]: noHistory } });
    await prepare();
    // It has begun meanwhile, and what the component has is its own.
    fake.replies[one] = json(200, { backupId: nowSeconds, state: 'IN_PROGRESS', details: [] });
    assert.equal((await prepare()).backupId, nowSeconds);
  });

  test('The component is not asked for the id where its list is there', async () => {
    const { fake, prepare } = setUp();
    await prepare();
    assert(fake.calls().every((call) => !call.includes(String(nowSeconds))));
  });
});

test('A component that refuses to list has no store, and refuses: the id is not even asked for', async () => {
  const replies = { [history]: json(400, { message: 'No backup repository configured.' }) };
  const error = await failureOf(setUp({ replies }).prepare());
  assert.equal(error.name, 'RequestRefused');
  assert.match(error.message, /^Check components: /);
});

import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { BackupError } from '../../../core/errors.ts';
import { nowSeconds } from '../backup/prepare-world.ts';
import { failureOf, fakeSearch, json } from '../fakes.ts';
import { tasklist as tasklistAnswers, zeebe as zeebeAnswers } from '../recorded.ts';
import {
  broken,
  brokers,
  cluster,
  exporting,
  follower,
  historyList,
  leader,
  led,
  members,
  own,
  passes,
  replicasOfRest,
  setUp,
  shows,
  threeBrokers,
  topology,
  topologyOf,
  withRest,
  zeebeList,
} from './world.ts';

describe('What cannot be known and is said in the manifest', () => {
  test('An application that cannot list its backups for a bad one among them is a warning, and the plan is made', async () => {
    const { warnings, plan } = await setUp({
      replies: {
        [historyList]: tasklistAnswers.listUnreadable,
        [`${historyList}/${nowSeconds}`]: json(404, { message: 'No backup with id [1795251600] found.' }),
      },
    }).prepare();
    assert.equal(plan.applications.length, 2);
    assert.equal(warnings.length, 1, warnings.join('\n'));
    assert.match(
      warnings[0] ?? '',
      /^A second backup could not be excluded: Web applications cannot list its backups: .*nodeId/,
    );
    assert.match(warnings[0] ?? '', /camunda-backup repair --cluster production --delete-leftovers$/);
  });

  test('Deletions that this user may not see are a warning in the manifest', async () => {
    const refused = async () => {
      throw new BackupError('RequestRefused', 'no permissions for [cluster:monitor/state]', { status: 403 });
    };
    const search = fakeSearch([], { deletionsInTheWay: refused });
    const { warnings } = await setUp({ replies: {}, search }).prepare();
    assert.deepEqual(warnings, [
      'It is not known whether snapshots are being deleted from camunda: no permissions for [cluster:monitor/state]',
    ]);
  });

  test('Deletions at a search engine in trouble refuse the backup', async () => {
    const search = fakeSearch([], { deletionsInTheWay: broken });
    const error = await failureOf(setUp({ replies: {}, search }).prepare());
    assert.equal(error.name, 'ServerTrouble');
    assert.match(error.message, /^Check repository: /);
  });
});

describe('A healthy cluster', () => {
  for (const { what, world } of [
    { what: 'A healthy cluster of one broker', world: { replies: {} } },
    { what: 'A healthy cluster of three brokers', world: threeBrokers(...led) },
    {
      what: 'A healthy cluster that shows its health',
      world: {
        replies: {
          [own]: shows(...Array.from({ length: 3 }, () => ({ ...leader, health: { status: 'HEALTHY' } }))),
        },
      },
    },
    {
      what: 'A healthy cluster with a REST address',
      world: withRest({
        [topology]: topologyOf(replicasOfRest({ role: 'LEADER', health: 'HEALTHY' })),
        [exporting]: json(200, { status: 'EXPORTING' }),
      }),
    },
    {
      what: 'A cluster whose followers export nothing, and have no processor that works,',
      world: threeBrokers(
        led[0],
        led[1],
        shows({ ...follower, streamProcessorPhase: 'PAUSED', exportedPosition: 1 }, follower, leader),
      ),
    },
  ] as const) {
    test(`${what} passes every check without a word`, async () => assert.deepEqual(await passes(world), []));
  }
});

describe('What is not known and refuses nothing', () => {
  for (const { what, replica } of [
    { what: 'an exported position of -1', replica: { ...leader, exportedPosition: -1 } },
    { what: 'no exported position', replica: { ...leader, exportedPosition: null } },
    {
      what: 'a processed position of -1',
      replica: { ...leader, processedPosition: -1, exportedPosition: -1 },
    },
    { what: 'exporters that are ahead', replica: { ...leader, exportedPosition: 300_000 } },
    { what: 'a lag as long as it may be', replica: { ...leader, exportedPosition: 100_000 } },
    { what: 'only the phase of exporting', replica: { exporterPhase: 'EXPORTING' } },
    { what: 'a health without status', replica: { ...leader, health: {} } },
  ] as const) {
    test(`A cluster with ${what} passes every check without a word`, async () => {
      assert.deepEqual(await passes({ replies: { [own]: shows(replica, replica, replica) } }), []);
    });
  }

  test('A standalone gateway whose brokers are not configured is one warning: exporting cannot be read back', async () => {
    const [warning, ...others] = await passes({
      replies: { [cluster]: members(), [own]: zeebeAnswers.missingEndpoint },
    });
    assert.match(warning ?? '', /^A pause or a resume of exporting cannot be read back/);
    assert.deepEqual(others, []);
  });

  test('A cluster of which one of three brokers is asked passes every check, whatever the others lead', async () => {
    assert.deepEqual(await passes({ replies: { [cluster]: members(), [own]: led[0] } }), []);
  });

  test('One of three brokers that shows no partition at all refuses the backup', async () => {
    const world = { replies: { [cluster]: members(), [own]: json(200, {}) } };
    const error = await failureOf(setUp(world).prepare());
    assert.match(error.message, /^Check partitions: .* shows no partition at all$/);
  });

  test('Zeebe that takes another backup refuses nothing: it takes several at once', async () => {
    const world = {
      replies: { [zeebeList]: json(200, [{ backupId: 41, state: 'IN_PROGRESS', details: [] }]) },
    };
    assert.equal((await setUp(world).prepare()).plan.outcome, 'PLANNED');
  });

  test('A broker that has no partition yet refuses nothing', async () => {
    const empty = { id: 1, state: 'ACTIVE', partitions: [] };
    const full = { id: 0, state: 'ACTIVE', partitions: [1, 2, 3].map((id) => ({ id, state: 'ACTIVE' })) };
    const [first = '', second = ''] = brokers;
    assert.deepEqual(
      await passes({
        zeebe: `, brokers: [${first}, ${second}]`,
        replies: {
          [cluster]: json(200, { version: 1, brokers: [full, empty] }),
          [`GET ${first}/actuator/partitions`]: shows(leader, leader, leader),
          [`GET ${second}/actuator/partitions`]: json(200, {}),
        },
      }),
      [],
    );
  });

  test('A state that is not in the answer refuses nothing', async () => {
    const answer = { brokers: [{ id: 0, partitions: [{ id: 1 }, { id: 2 }, { id: 3 }] }] };
    assert.deepEqual(await passes({ replies: { [cluster]: json(200, answer) } }), []);
  });
});

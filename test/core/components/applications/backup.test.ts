import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { application, type dialects } from '../../../../core/components/applications/backup.ts';
import { serverMessage } from '../../../../core/connect/answers.ts';
import type { HttpAnswer } from '../../../../core/connect/http.ts';
import { failureOf, fakeServer, json, type Reply, webPage } from '../../fakes.ts';
import { operate, tasklist, zeebe } from '../../recorded.ts';

type Name = keyof typeof dialects;

function component(name: Name, replies: Record<string, Reply>) {
  const { server, requests } = fakeServer('App', replies);
  return {
    app: application(server, {
      kind: 'application',
      component: name,
      url: 'http://server:9600',
      path: 'backups',
    }),
    requests,
  };
}

const start = (name: Name, answer: HttpAnswer) =>
  component(name, { 'POST backups': answer }).app.start(200, 'run-1');
/** Asks for the backup that the answer is about. */
function check(name: Name, answer: HttpAnswer) {
  const id = Number(/"backupId" ?: ?(\d+)/.exec(answer.text)?.[1] ?? 200);
  return component(name, { [`GET backups/${id}`]: answer }).app.check(id);
}

const documentedUnknown = json(404, { status: 404, message: 'No backup with id [200] found.' });
const optimizeError = (status: number, errorMessage: string) =>
  json(status, { errorCode: 'x', errorMessage, detailedMessage: null, reportDefinition: null });

describe('The start of an application’s backup', () => {
  for (const { name, answer } of [
    { name: 'operate', answer: operate.accepted },
    { name: 'tasklist', answer: tasklist.accepted },
  ] as const) {
    test(`A start of ${name} names the snapshots that will be taken`, async () => {
      const { answer: said, scheduledSnapshots } = await start(name, answer);
      assert.equal(said, 'accepted');
      assert.equal(scheduledSnapshots?.length, 6);
      assert.equal(scheduledSnapshots?.[0], `camunda_${name}_200_8.6.0_part_1_of_6`);
    });
  }

  test('A start of Optimize is accepted with 202 and names no snapshot', async () => {
    const answer = json(202, { message: 'Backup creation for ID 200 has been scheduled.' });
    assert.deepEqual(await start('optimize', answer), { answer: 'accepted', scheduledSnapshots: undefined });
  });

  for (const { name, answer } of [
    { name: 'operate', answer: operate.duplicate },
    { name: 'tasklist', answer: tasklist.duplicate },
    { name: 'webApplications', answer: json(400, { message: 'A backup with ID [200] already exists.' }) },
    { name: 'optimize', answer: optimizeError(409, 'A backup with ID [200] already exists.') },
  ] as const) {
    test(`A start of ${name} finds a backup that is there`, async () => {
      assert.equal((await start(name, answer)).answer, 'already there');
    });
  }

  for (const { name, answer } of [
    { name: 'operate', answer: operate.anotherRunning },
    { name: 'tasklist', answer: tasklist.sameRunning },
  ] as const) {
    test(`A start of ${name} while another backup runs is ComponentBusy`, async () => {
      assert.equal((await failureOf(start(name, answer))).name, 'ComponentBusy');
    });
  }

  for (const { name, answer, expected } of [
    { name: 'operate', answer: operate.notConfigured, expected: 'RequestRefused' },
    { name: 'tasklist', answer: tasklist.notConfigured, expected: 'RequestRefused' },
    { name: 'operate', answer: operate.repositoryMissing, expected: 'RequestRefused' },
    { name: 'tasklist', answer: tasklist.repositoryMissing, expected: 'ServerTrouble' },
    { name: 'operate', answer: operate.elasticsearchDown, expected: 'ServerTrouble' },
    { name: 'tasklist', answer: tasklist.elasticsearchDown, expected: 'ServerTrouble' },
    { name: 'webApplications', answer: zeebe.missingEndpoint, expected: 'RequestRefused' },
    { name: 'webApplications', answer: webPage, expected: 'UnexpectedAnswer' },
  ] as const) {
    test(`A start of ${name} that is answered ${answer.status} fails with the server’s words as ${expected}`, async () => {
      const error = await failureOf(start(name, answer));
      assert.equal(error.name, expected);
      assert.match(error.message, /App answered POST http:\/\/app:9600\/actuator\/backups with \d+/);
    });
  }
});

describe('The check of an application’s backup', () => {
  test('A check does not believe an answer about another backup', async () => {
    const { app } = component('operate', { 'GET backups/7': operate.completed });
    assert.equal((await failureOf(app.check(7))).name, 'UnexpectedAnswer');
  });

  test('A check reads the first part', async () => {
    assert.deepEqual(await check('operate', operate.running), {
      state: 'IN_PROGRESS',
      failureReason: undefined,
      parts: [
        {
          name: 'camunda_operate_100_8.6.0_part_1_of_6',
          state: 'IN_PROGRESS',
          startedAt: '2026-11-21T06:06:46.868Z',
          failure: undefined,
        },
      ],
      expectedParts: 6,
    });
  });

  for (const { name, recorded } of [
    { name: 'operate', recorded: operate },
    { name: 'tasklist', recorded: tasklist },
  ] as const) {
    test(`A check reads the gap between two parts of ${name}`, async () => {
      const { state, parts, expectedParts } = await check(name, recorded.incomplete);
      assert.equal(state, 'INCOMPLETE');
      assert.equal(expectedParts, 6);
      assert(parts.length < 6);
    });

    test(`A check reads a complete backup of ${name}, its parts by name`, async () => {
      const { state, parts } = await check(name, recorded.completed);
      assert.equal(state, 'COMPLETED');
      assert.deepEqual(
        parts.map((part) => /part_(\d)/.exec(part.name)?.[1]),
        ['1', '2', '3', '4', '5', '6'],
      );
      assert(parts.every((part) => part.state === 'SUCCESS' && part.failure === undefined));
    });
  }

  for (const failures of [null, undefined, []]) {
    test(`A check takes failures: ${JSON.stringify(failures)} for none`, async () => {
      const details = [{ snapshotName: 'a_part_1_of_1', state: 'SUCCESS', failures }];
      const { parts } = await check(
        'webApplications',
        json(200, { backupId: 200, state: 'COMPLETED', details }),
      );
      assert.equal(parts[0]?.failure, undefined);
    });
  }

  test('A check keeps the failures of a part', async () => {
    const details = [{ snapshotName: 'a_part_1_of_1', state: 'PARTIAL', failures: ['shard 0', 'shard 1'] }];
    const { parts } = await check('webApplications', json(200, { backupId: 200, state: 'FAILED', details }));
    assert.equal(parts[0]?.failure, 'shard 0; shard 1');
  });

  test('A check reads COMPLETE as COMPLETED, as Optimize may write', async () => {
    const details = [{ snapshotName: 'camunda_optimize_200_8.8.0_part_1_of_2', state: 'SUCCESS' }];
    const { state, expectedParts } = await check(
      'optimize',
      json(200, { backupId: 200, state: 'COMPLETE', details }),
    );
    assert.equal(state, 'COMPLETED');
    assert.equal(expectedParts, 2);
  });

  for (const { name, answer } of [
    { name: 'operate', answer: operate.unknownNull },
    { name: 'operate', answer: operate.unknownIndex },
    { name: 'operate', answer: documentedUnknown },
    { name: 'tasklist', answer: tasklist.unknown },
    { name: 'tasklist', answer: documentedUnknown },
    { name: 'webApplications', answer: documentedUnknown },
    { name: 'optimize', answer: optimizeError(404, 'notFound') },
  ] as const) {
    test(`A check of ${name} that is answered ${answer.status} takes the id for unknown`, async () => {
      assert.deepEqual(await check(name, answer), { state: 'ABSENT', parts: [] });
    });
  }

  test('A check of Operate on OpenSearch takes “Exception occurred when searching” for running', async () => {
    const answer = json(400, { status: 400, message: 'Exception occurred when searching for backup: boom' });
    assert.equal((await check('operate', answer)).state, 'IN_PROGRESS');
  });

  for (const { name, answer, expected } of [
    { name: 'operate', answer: operate.repositoryMissing, expected: 'RequestRefused' },
    { name: 'operate', answer: operate.elasticsearchDown, expected: 'ServerTrouble' },
    { name: 'operate', answer: operate.notConfigured, expected: 'RequestRefused' },
    { name: 'tasklist', answer: tasklist.repositoryMissing, expected: 'ServerTrouble' },
    { name: 'tasklist', answer: tasklist.elasticsearchDown, expected: 'ServerTrouble' },
    { name: 'tasklist', answer: tasklist.notConfigured, expected: 'RequestRefused' },
    { name: 'webApplications', answer: zeebe.missingEndpoint, expected: 'RequestRefused' },
    { name: 'optimize', answer: zeebe.missingEndpoint, expected: 'RequestRefused' },
    { name: 'webApplications', answer: operate.unknownNull, expected: 'RequestRefused' },
  ] as const) {
    test(`A check of ${name} does not take ${answer.status} for an unknown id: ${serverMessage(answer)}`, async () => {
      assert.equal((await failureOf(check(name, answer))).name, expected);
    });
  }

  test('A check of a state that is not known is UNKNOWN, and tells the word', async () => {
    const status = await check('operate', json(200, { backupId: 200, state: 'DREAMING', details: [] }));
    assert.equal(status.state, 'UNKNOWN');
    assert.equal(status.failureReason, 'its state is DREAMING, which is not known here');
  });

  test('A check shows a part without a state as UNKNOWN', async () => {
    const details = [{ snapshotName: 'camunda_webapps_200_8.10.0_part_1_of_1', state: null }];
    const status = await check('operate', json(200, { backupId: 200, state: 'COMPLETED', details }));
    assert.equal(status.parts[0]?.state, 'UNKNOWN');
  });
});

test('A list in which one state is not known shows the others, and their ids', async () => {
  const words = ['COMPLETED', 'DREAMING', 'IN_PROGRESS'];
  const list = words.map((state, index) => ({ backupId: index + 1, state }));
  const { app } = component('operate', { 'GET backups': json(200, list) });
  assert.deepEqual(await app.list(), [
    { backupId: 1, state: 'COMPLETED' },
    { backupId: 2, state: 'UNKNOWN' },
    { backupId: 3, state: 'IN_PROGRESS' },
  ]);
});

test('A list shows when the first part of each backup began, and nothing where that cannot be read', async () => {
  const parts = (...times: unknown[]) =>
    times.map((startTime) => ({ snapshotName: 'camunda_operate_1_8.6.0_part_1_of_2', startTime }));
  const list = [
    {
      backupId: 1,
      state: 'COMPLETED',
      details: parts('2026-11-21T06:18:04.1+0000', '2026-11-21T06:18:03.2+0000'),
    },
    { backupId: 2, state: 'COMPLETED', details: parts(7) },
    { backupId: 3, state: 'COMPLETED', details: parts('soon') },
  ];
  const { app } = component('operate', { 'GET backups': json(200, list) });
  assert.deepEqual(await app.list(), [
    { backupId: 1, state: 'COMPLETED', startedAt: '2026-11-21T06:18:03.200Z' },
    { backupId: 2, state: 'COMPLETED' },
    { backupId: 3, state: 'COMPLETED' },
  ]);
});

test('A list is sorted by id: the server lists in any order', async () => {
  const { app } = component('operate', { 'GET backups': operate.list });
  const ids = (await app.list()).map(({ backupId }) => backupId);
  assert(ids.length > 2);
  assert.deepEqual(
    ids,
    [...ids].sort((a, b) => a - b),
  );
});

test('A list that is refused is an error', async () => {
  const { app } = component('tasklist', { 'GET backups': tasklist.repositoryMissing });
  assert.equal((await failureOf(app.list())).name, 'ServerTrouble');
});

describe('Tasklist on OpenSearch, where a snapshot has a failed shard without a node', () => {
  const list = 'GET backups';
  const one = 'GET backups/200';

  test('Tasklist that cannot list its backups for a bad shard says so by a name of its own, with a way out', async () => {
    const { app } = component('tasklist', { [list]: tasklist.listUnreadable });
    const error = await failureOf(app.list());
    assert.equal(error.name, 'ListUnreadable');
    assert.match(error.message, /SnapshotShardFailure\.nodeId/);
    assert.match(error.remedy ?? '', /GET _snapshot\/REPOSITORY\/_all/);
  });

  test('Tasklist has a backup FAILED of which it cannot tell for a bad shard', async () => {
    const { app } = component('tasklist', {
      [one]: tasklist.oneUnreadable,
      [list]: tasklist.listUnreadable,
    });
    const { state, failureReason } = await app.check(200);
    assert.equal(state, 'FAILED');
    assert.match(failureReason ?? '', /SnapshotShardFailure/);
  });

  test('Tasklist is in trouble where its list says nothing of a bad shard', async () => {
    for (const other of [tasklist.elasticsearchDown, json(200, [])]) {
      const { app } = component('tasklist', { [one]: tasklist.oneUnreadable, [list]: other });
      assert.equal((await failureOf(app.check(200))).name, 'ServerTrouble');
    }
  });

  test('Tasklist with a bad shard still knows which ids it does not have', async () => {
    const { app } = component('tasklist', { [one]: documentedUnknown, [list]: tasklist.listUnreadable });
    assert.equal((await app.check(200)).state, 'ABSENT');
  });
});

test('A deletion is done at 204, and where the id is not known', async () => {
  await component('operate', { 'DELETE backups/7': operate.deleted }).app.delete(7);
  await component('webApplications', { 'DELETE backups/7': documentedUnknown }).app.delete(7);
});

test('A deletion that is refused is an error', async () => {
  const { app } = component('operate', { 'DELETE backups/7': operate.notConfigured });
  assert.equal((await failureOf(app.delete(7))).name, 'RequestRefused');
});

test('A deletion is not done at the 500 that Tasklist answers for an unknown id: it is also trouble', async () => {
  const { app } = component('tasklist', { 'DELETE backups/7': tasklist.unknown });
  assert.equal((await failureOf(app.delete(7))).name, 'ServerTrouble');
});

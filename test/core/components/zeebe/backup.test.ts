import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { zeebe } from '../../../../core/components/zeebe/backup.ts';
import { failureOf, fakeServer, json, type Reply } from '../../fakes.ts';
import { zeebe as recorded } from '../../recorded.ts';

const target = { kind: 'zeebe', component: 'zeebe', url: 'http://server:9600', path: 'backups' } as const;

function component(replies: Record<string, Reply>, partitions = 3) {
  const fake = fakeServer('Zeebe', replies);
  return { ...fake, zeebe: zeebe(fake.server, { ...target, partitions }) };
}

describe('The start of Zeebe’s backup', () => {
  test('A start of Zeebe sends the id as a number and is accepted with 202', async () => {
    const { zeebe, requests } = component({ 'POST backups': recorded.accepted });
    assert.deepEqual(await zeebe.start(300, 'run-1'), { answer: 'accepted' });
    assert.deepEqual(requests[0]?.body, { backupId: 300 });
  });

  test('A start of Zeebe finds a backup that is there: 409 whose latest id is this one', async () => {
    const { zeebe } = component({ 'POST backups': recorded.existingSame });
    assert.deepEqual(await zeebe.start(300, 'run-1'), { answer: 'already there' });
  });

  test('A start of Zeebe is refused when a later id was used: 409 with another latest id', async () => {
    const { zeebe } = component({ 'POST backups': recorded.existingOlder });
    const error = await failureOf(zeebe.start(999, 'run-1'));
    assert.equal(error.name, 'BackupIdRefused');
    assert.equal(error.status, 409);
    assert.match(error.remedy ?? '', /the id 1001 or a higher one/);
    assert.match(error.message, /with 409: Requested backup has id 999\. The latest backup has id 1000/);
  });

  test('A start of Zeebe is refused when the latest id is beyond a number, and names no id to go on with', async () => {
    for (const latest of ['9007199254740992', '20260101120000123']) {
      const says = `Requested backup has id 9007199254740991. The latest backup has id ${latest}. Id of new backups must be higher.`;
      const { zeebe } = component({ 'POST backups': json(409, { message: says }) });
      const error = await failureOf(zeebe.start(Number.MAX_SAFE_INTEGER, 'run-1'));
      assert.equal(error.name, 'BackupIdRefused');
      assert.ok(error.message.includes(latest));
      assert.doesNotMatch(error.remedy ?? '', /--id/);
      assert.match(error.remedy ?? '', /makes none above 9007199254740991/);
    }
  });

  test('A start of Zeebe that is refused in words without a latest id passes by itself: partitions are scaled', async () => {
    const message = 'No backup is taken as long as partitions are being scaled; try later.';
    const { zeebe } = component({ 'POST backups': json(409, { message }) });
    const error = await failureOf(zeebe.start(999, 'run-1'));
    assert.equal(error.name, 'RefusedForNow');
    assert.equal(error.status, 409);
    assert.match(error.message, /with 409: No backup is taken as long as partitions are being scaled/);
    assert.match(error.remedy ?? '', /when the scaling of the partitions has ended/);
  });

  test('A start of Zeebe is refused without a backup store, with what to configure', async () => {
    const { zeebe } = component({ 'POST backups': recorded.noStore });
    const error = await failureOf(zeebe.start(1, 'run-1'));
    assert.equal(error.name, 'RequestRefused');
    assert.match(error.remedy ?? '', /backup\.store/);
  });

  test('A start of Zeebe while a broker is down is trouble that may pass', async () => {
    const { zeebe } = component({ 'POST backups': recorded.brokerDown });
    assert.equal((await failureOf(zeebe.start(1, 'run-1'))).name, 'ServerTrouble');
  });

  test('A start of Zeebe that is answered with another JSON is no start', async () => {
    const { zeebe } = component({ 'POST backups': json(202, {}) });
    assert.equal((await failureOf(zeebe.start(1, 'run-1'))).name, 'UnexpectedAnswer');
  });
});

describe('The check of Zeebe’s backup', () => {
  test('A check of Zeebe keeps every digit of a position that a number would round', async () => {
    const text =
      '{"backupId":300,"state":"COMPLETED","details":[{"partitionId":1,"state":"COMPLETED","checkpointPosition":9007199254740993}]}';
    const { zeebe } = component({
      'GET backups/300': { status: 200, contentType: 'application/json', text },
    });
    assert.equal((await zeebe.check(300)).parts[0]?.checkpointPosition, '9007199254740993');
  });

  /** Asks for the backup that the answer is about. */
  const check = (answer: Reply, partitions?: number) => {
    const id = Number(/"backupId": ?(\d+)/.exec('text' in answer ? answer.text : '')?.[1] ?? 300);
    return component({ [`GET backups/${id}`]: answer }, partitions).zeebe.check(id);
  };

  test('A check of Zeebe in an unknown state is UNKNOWN, with the word and the words of the partitions', async () => {
    const details = [{ partitionId: 1, state: 'ARCHIVING' }];
    const status = await check(json(200, { backupId: 300, state: 'ARCHIVING', details }));
    assert.equal(status.state, 'UNKNOWN');
    assert.equal(status.failureReason, 'its state is ARCHIVING, which is not known here');
    assert.equal(status.parts[0]?.state, 'ARCHIVING');
  });

  test('A check of Zeebe does not believe an answer about another backup', async () => {
    const { zeebe } = component({ 'GET backups/7': recorded.completed });
    assert.equal((await failureOf(zeebe.check(7))).name, 'UnexpectedAnswer');
  });

  test('A check of Zeebe reads a running backup', async () => {
    const { state, parts, expectedParts } = await check(recorded.running);
    assert.equal(state, 'IN_PROGRESS');
    assert.equal(expectedParts, 3);
    assert.deepEqual(
      parts.map(({ state }) => state),
      ['IN_PROGRESS', 'IN_PROGRESS', 'IN_PROGRESS'],
    );
  });

  test('A check of Zeebe reads a complete backup with everything that a restore must match', async () => {
    const { state, parts } = await check(recorded.completed);
    assert.equal(state, 'COMPLETED');
    assert.deepEqual(parts[0], {
      name: 'partition 1',
      state: 'COMPLETED',
      startedAt: '2026-11-21T05:56:52.363Z',
      endedAt: '2026-11-21T05:56:53.046Z',
      failure: undefined,
      brokerVersion: '8.6.0',
      checkpointPosition: 15,
      snapshotId: '11-1-11-9223372036854775807-0',
    });
  });

  test('A check of Zeebe reads the timestamps of a unified process', async () => {
    const { zeebe } = component({ 'GET backups/1': recorded.completedUnifiedProcess });
    assert.equal((await zeebe.check(1)).parts[0]?.startedAt, '2026-11-21T06:18:03.235Z');
  });

  test('A check of Zeebe expects as many parts as there are partitions, whatever is listed', async () => {
    assert.equal((await check(recorded.completed, 4)).expectedParts, 4);
  });

  test('A check of Zeebe reads INCOMPLETE with partitions that do not exist yet', async () => {
    const { state, parts } = await check(recorded.incomplete);
    assert.equal(state, 'INCOMPLETE');
    assert.deepEqual(
      parts.map(({ state }) => state),
      ['IN_PROGRESS', 'DOES_NOT_EXIST', 'DOES_NOT_EXIST'],
    );
  });

  test('A check of Zeebe reads why a backup failed', async () => {
    const { state, failureReason, parts } = await check(recorded.failed);
    assert.equal(state, 'FAILED');
    assert.match(failureReason ?? '', /cancelled due to leader change/);
    assert.match(parts[0]?.failure ?? '', /cancelled due to leader change/);
  });

  test('A check of Zeebe takes a 404 with a message for an id that is not known', async () => {
    assert.deepEqual(await check(recorded.unknown), { state: 'ABSENT', parts: [], expectedParts: 3 });
  });

  test('A check of Zeebe takes a 404 without a message for a missing endpoint', async () => {
    const error = await failureOf(check(recorded.missingEndpoint));
    assert.equal(error.name, 'RequestRefused');
    assert.match(error.message, /there is no such endpoint/);
  });

  for (const state of ['DOES_NOT_EXIST', 'DELETED']) {
    test(`A check of Zeebe takes ${state} for an id that is not known`, async () => {
      const answer = json(200, { backupId: 300, state, details: [] });
      assert.equal((await check(answer)).state, 'ABSENT');
    });
  }

  test('A check of Zeebe sorts partitions as numbers', async () => {
    const details = [10, 9, 1].map((partitionId) => ({ partitionId, state: 'COMPLETED' }));
    const { parts } = await check(json(200, { backupId: 300, state: 'COMPLETED', details }));
    assert.deepEqual(
      parts.map(({ name }) => name),
      ['partition 1', 'partition 9', 'partition 10'],
    );
  });

  test('A check of Zeebe while the store is down is trouble that may pass', async () => {
    assert.equal((await failureOf(check(recorded.storeDown))).name, 'ServerTrouble');
  });
});

describe('The list of Zeebe’s backups', () => {
  test('A list of Zeebe is sorted by id: the server lists in any order', async () => {
    const { zeebe } = component({ 'GET backups': recorded.list });
    assert.deepEqual(
      (await zeebe.list()).map(({ backupId }) => backupId),
      [200, 302, 303, 304],
    );
  });

  test('A list of Zeebe shows when the first partition of each backup began', async () => {
    const { zeebe } = component({ 'GET backups': recorded.list });
    const [first] = await zeebe.list();
    assert.deepEqual(first, { backupId: 200, state: 'COMPLETED', startedAt: '2026-11-21T05:56:15.903Z' });
  });

  test('A list of Zeebe may be empty', async () => {
    assert.deepEqual(await component({ 'GET backups': recorded.emptyList }).zeebe.list(), []);
  });

  test('A list of Zeebe without a store is refused', async () => {
    const { zeebe } = component({ 'GET backups': recorded.noStore });
    assert.equal((await failureOf(zeebe.list())).name, 'RequestRefused');
  });
});

describe('The deletion of Zeebe’s backup', () => {
  test('A deletion of Zeebe is done at 204 and at 404', async () => {
    for (const answer of [recorded.deleted, recorded.unknown]) {
      await component({ 'DELETE backups/7': answer }).zeebe.delete(7);
    }
  });

  test('A deletion of Zeebe is not done at anything else', async () => {
    const { zeebe } = component({ 'DELETE backups/7': recorded.storeDown });
    assert.equal((await failureOf(zeebe.delete(7))).name, 'ServerTrouble');
  });
});

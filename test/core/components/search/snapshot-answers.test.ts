import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import * as z from 'zod';
import { errorType, searchError } from '../../../../core/components/search/search-error.ts';
import { readDeletions, readSnapshots } from '../../../../core/components/search/snapshot-answers.ts';
import { BackupError } from '../../../../core/errors.ts';
import { thrownBy } from '../../fakes.ts';
import { elasticsearch, opensearch, opensearch3 } from '../../recorded.ts';

const url = 'http://es:9200';
const call = 'PUT _snapshot/camunda/x';
const errorBody = z.object({ error: z.object({ type: z.string() }) });

/** What both official clients throw when there was an answer. */
function responseError({ status, body }: { status: number; body: unknown }): Error {
  return Object.assign(new Error(JSON.stringify(body)), { name: 'ResponseError', statusCode: status, body });
}

/** What they throw when there was none, or none that they understand. */
function clientError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

const engines = {
  'Elasticsearch 8.16.6': elasticsearch,
  'OpenSearch 2.19.1': opensearch,
  'OpenSearch 3.8.0': opensearch3,
};

describe('An error of the search engine', () => {
  for (const [engine, recorded] of Object.entries(engines)) {
    for (const { what, answer, name, says, remedy } of [
      {
        what: 'a missing repository',
        answer: recorded.repositoryMissing,
        name: 'RequestRefused',
        says: /repository_missing_exception/,
        remedy: /Register/,
      },
      {
        what: 'a missing snapshot',
        answer: recorded.snapshotMissing,
        name: 'RequestRefused',
        says: /\[camunda:nope\] is missing/,
        remedy: /log of Engine at es:9200/,
      },
      {
        what: 'a name with a space',
        answer: recorded.nameWithSpace,
        name: 'RequestRefused',
        says: /must not contain whitespace/,
        remedy: /log of Engine at es:9200/,
      },
      {
        what: 'too many snapshots at once',
        answer: recorded.limit,
        name: 'ServerTrouble',
        says: /concurrent_snapshot_execution_exception/,
        remedy: /^Wait until the snapshots that are being taken or deleted/,
      },
      {
        what: 'a shard without a primary',
        answer: recorded.noPrimaryShards,
        name: 'ServerTrouble',
        says: /primary shards/,
        remedy: /red indices/,
      },
      {
        what: 'a read-only repository',
        answer: recorded.readonlyRepository,
        name: 'RequestRefused',
        says: /readonly repository/,
        remedy: /without `readonly`/,
      },
      {
        what: 'a repository that cannot be written',
        answer: recorded.verifyFailed,
        name: 'ServerTrouble',
        says: /not accessible/,
        remedy: /can write/,
      },
      {
        what: 'an error that is a text',
        answer: recorded.badMethod,
        name: 'RequestRefused',
        says: /Incorrect HTTP method/,
        remedy: /log of Engine at es:9200/,
      },
    ] as const) {
      test(`An error becomes a sentence with call, URL, status and words: ${what} (${engine})`, async () => {
        const error = await searchError('Engine', { url }, call, responseError(answer));
        assert.equal(error.name, name);
        assert.equal(error.status, answer.status);
        assert(error.message.startsWith(`Engine answered ${call} at ${url} with ${answer.status}: `));
        assert.match(error.message, says);
        assert.match(error.remedy ?? '', remedy);
      });
    }
  }

  for (const { engine, reason } of [
    {
      engine: 'Elasticsearch',
      reason:
        '[damaged] The repository has been disabled to prevent data corruption because its contents were found not to match its expected state.',
    },
    {
      engine: 'OpenSearch',
      reason:
        '[damaged] Could not read repository data because the contents of the repository do not match its expected state.',
    },
    { engine: 'Elasticsearch that deletes', reason: '[ro] repository is readonly' },
    { engine: 'OpenSearch that deletes', reason: '[ro] cannot delete snapshot from a readonly repository' },
  ] as const) {
    test(`A 500 that lasts until somebody registers the repository anew is not repeated (${engine})`, async () => {
      const body = { error: { type: 'repository_exception', reason }, status: 500 };
      const error = await searchError('Engine', { url }, call, responseError({ status: 500, body }));
      assert.equal(error.name, 'RequestRefused');
      assert.match(error.remedy ?? '', /[Rr]egister (the repository|it) again/);
    });
  }

  for (const status of [401, 403]) {
    test(`The status ${status} points at the credentials`, async () => {
      const error = await searchError(
        'Engine',
        { url },
        call,
        responseError({ status, body: { error: 'no' } }),
      );
      assert.equal(error.name, 'RequestRefused');
      assert.match(error.remedy ?? '', /search\.auth/);
    });
  }

  test('The status 409, which OpenSearch 3 says where others say 503, may pass', async () => {
    assert.equal(opensearch.limit.status, 503);
    assert.equal(opensearch3.limit.status, 409);
    const error = await searchError('Engine', { url }, call, responseError(opensearch3.limit));
    assert.equal(error.name, 'ServerTrouble');
  });

  for (const { what, answer, says } of [
    {
      what: 'has no bucket',
      answer: opensearch3.bucketMissing,
      says: /The specified bucket does not exist \(Service: S3, Status Code: 404/,
    },
    {
      what: 'does not answer',
      answer: opensearch3.storeDown,
      says: /not accessible on cluster-manager node: .*Connect to 127\.0\.0\.1:\d+ .*Connection refused/,
    },
  ]) {
    test(`A repository in S3 whose store ${what} is told with the reason of the store`, async () => {
      const error = await searchError('Engine', { url }, call, responseError(answer));
      assert.equal(error.name, 'ServerTrouble');
      assert.match(error.message, says);
      assert.match(error.remedy ?? '', /can write/);
    });
  }

  test('A body that is not known leaves the words of the client', async () => {
    const error = await searchError(
      'Engine',
      { url },
      call,
      responseError({ status: 502, body: 'Bad Gateway' }),
    );
    assert.equal(error.name, 'ServerTrouble');
    assert.match(error.message, /with 502: "Bad Gateway"$/);
  });
});

describe('A call without an answer', () => {
  for (const { thrown, name, says } of [
    {
      thrown: clientError('TimeoutError', 'Request timed out'),
      name: 'Unreachable',
      says: /Request timed out/,
    },
    {
      thrown: clientError('ProductNotSupportedError', 'no'),
      name: 'UnexpectedAnswer',
      says: /at http:\/\/es:9200 is not Elasticsearch/,
    },
    {
      thrown: clientError('DeserializationError', 'no'),
      name: 'UnexpectedAnswer',
      says: /but not with JSON/,
    },
  ] as const) {
    test(`A ${thrown.name} of the client is ${name}`, async () => {
      const error = await searchError('Engine', { url }, call, thrown);
      assert.equal(error.name, name);
      assert.match(error.message, says);
      assert(error.remedy);
      assert.equal(error.cause, thrown);
    });
  }
});

test('An error of ours stays as it is', async () => {
  const ours = new BackupError('UnexpectedAnswer', 'first');
  assert.equal(await searchError('Engine', { url }, 'GET /', ours), ours);
});

test('The type of an error is not there where there was none', () => {
  assert.deepEqual(errorType(new Error('reset')), { status: undefined, type: undefined });
  assert.deepEqual(errorType('reset'), { status: undefined, type: undefined });
  assert.equal(errorType(responseError(opensearch.badMethod)).type, undefined);
});

for (const [engine, recorded] of Object.entries(engines)) {
  test(`The type of an error is read, with and without what caused it (${engine})`, () => {
    const { duplicate, repositoryMissing, verifyFailed } = recorded;
    for (const answer of [duplicate, repositoryMissing, verifyFailed]) {
      const { status, type } = errorType(responseError(answer));
      assert.equal(status, answer.status);
      assert.equal(type, errorBody.parse(answer.body).error.type);
    }
  });

  test(`The innermost reason of a repository is told: the outer ones do not say what is wrong (${engine})`, async () => {
    const error = await searchError('Engine', { url }, call, responseError(recorded.verifyFailed));
    assert.match(error.message, /is not accessible on .*: \/srv\/repo\/gone\/.*: Not a directory$/);
  });
}

describe('The snapshots of a search engine', () => {
  for (const [engine, recorded] of Object.entries(engines)) {
    test(`Snapshots that are complete are read (${engine})`, () => {
      const [snapshot] = readSnapshots(url, recorded.completed.body);
      assert.equal(snapshot?.name, 'camunda_zeebe_records_backup_1000');
      assert.equal(snapshot.state, 'SUCCESS');
      assert(snapshot.indices.length > 0);
      assert.equal(snapshot.shards.failed, 0);
      assert.match(snapshot.startedAt ?? '', /^2026-11-2[17]T/);
      assert.match(snapshot.endedAt ?? '', /^2026-11-2[17]T/);
      assert.deepEqual(snapshot.failures, []);
    });

    test(`Snapshots that run have no end, not one in 1970 (${engine})`, () => {
      const [snapshot] = readSnapshots(url, recorded.running.body);
      assert.equal(snapshot?.state, 'IN_PROGRESS');
      assert.equal(snapshot.endedAt, undefined);
    });

    test(`Snapshots that are PARTIAL keep their failures (${engine})`, () => {
      const [snapshot] = readSnapshots(url, recorded.partial.body);
      assert.equal(snapshot?.state, 'PARTIAL');
      assert(snapshot.shards.failed > 0);
      const [failure = ''] = snapshot.failures;
      assert(
        snapshot.indices.some((index) => failure.includes(`"${index}"`)),
        failure,
      );
    });

    test(`Snapshots of no index are SUCCESS with no index (${engine})`, () => {
      const [snapshot] = readSnapshots(url, recorded.empty.body);
      assert.equal(snapshot?.state, 'SUCCESS');
      assert.deepEqual(snapshot.indices, []);
    });

    test(`A list of snapshots may be empty (${engine})`, () => {
      assert.deepEqual(readSnapshots(url, recorded.emptyList.body), []);
    });
  }

  test('Snapshots in a form that is not known are an unexpected answer', async () => {
    const error = await thrownBy(() => readSnapshots(url, { snapshots: [{ snapshot: 7 }] }));
    assert.equal(error.name, 'UnexpectedAnswer');
    assert.match(error.message, /http:\/\/es:9200/);
  });
});

describe('The snapshots that OpenSearch is deleting', () => {
  const deletion = (repository: string, ...snapshots: string[]) => ({
    repository,
    snapshots,
    start_time_millis: 1795279653682,
    repository_state_id: 31,
  });
  const bodyOf = (...snapshot_deletions: unknown[]) => ({ snapshot_deletions: { snapshot_deletions } });

  test('Deletions are read of one repository, of all its deletions', () => {
    const body = bodyOf(deletion('camunda', 'a'), deletion('other', 'b'), deletion('camunda', 'c', 'd'));
    assert.deepEqual(readDeletions(url, body, 'camunda'), ['a', 'c', 'd']);
  });

  test('Deletions are none, also where none ever was', () => {
    for (const body of [bodyOf(), {}]) assert.deepEqual(readDeletions(url, body, 'camunda'), []);
  });

  test('A deletion that waits for a snapshot is read, as OpenSearch 3.8.0 was recorded, and none where none ever was', () => {
    assert.deepEqual(readDeletions(url, opensearch3.waitingDeletion.body, 'camunda'), ['c_wildcard_nomatch']);
    assert.deepEqual(readDeletions(url, opensearch3.waitingDeletion.body, 'other'), []);
    assert.deepEqual(readDeletions(url, opensearch3.noDeletion.body, 'camunda'), []);
  });

  test('Deletions in a form that is not known are an unexpected answer', async () => {
    for (const body of ['<html>', bodyOf({ repository: 7 })]) {
      assert.equal((await thrownBy(() => readDeletions(url, body, 'camunda'))).name, 'UnexpectedAnswer');
    }
  });
});

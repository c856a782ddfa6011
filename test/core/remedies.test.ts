import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { errorNames, passing } from '../../core/error-names.ts';
import { adviceFor, failedBackup } from '../../core/remedies.ts';
import { elasticsearch, exporting, opensearch, operate, zeebe } from './recorded.ts';

const textOf = ({ body }: { body: unknown }) => JSON.stringify(body);

/**
 * What servers say → a word of what to do. Recorded, or from the issue of Camunda whose number is there; the others
 * are in the usual wording of the client that says it, and not recorded.
 */
const said: { who: string; words: string; advice: RegExp }[] = [
  { who: 'Zeebe, recorded: a leader change', words: zeebe.failed.text, advice: /lost its leadership/ },
  {
    who: 'Zeebe (camunda#33499): the snapshot went away',
    words: 'Expected to reserve snapshot 62884-14-620635-565330, but snapshot is deleted',
    advice: /known race/,
  },
  {
    who: 'Zeebe: no snapshot before the checkpoint',
    words:
      'Cannot find a snapshot that can be included in the backup 7. All available snapshots have positions above the checkpoint',
    advice: /known race/,
  },
  {
    who: 'the S3 client of a broker: no connection is free',
    words:
      'Unable to execute HTTP request: Acquire Operation took longer than the configured maximum time. This indicates that a request cannot get a connection from the pool within the specified maximum time.',
    advice: /maxConcurrentConnections/,
  },
  {
    who: 'Zeebe, recorded: its store is down',
    words: zeebe.storeDown.text,
    advice: /does not reach its backup store/,
  },
  {
    who: 'an S3-compatible store: no MD5',
    words: 'Missing required header for this request: Content-MD5 (Service: S3, Status Code: 400)',
    advice: /SUPPORTLEGACYMD5/,
  },
  {
    who: 'S3: not allowed',
    words: 'Access Denied (Service: S3, Status Code: 403, Request ID: X)',
    advice: /role, keys/,
  },
  { who: 'S3: not allowed, as a code', words: 'AccessDenied', advice: /role, keys/ },
  {
    who: 'S3: a wrong key',
    words: 'The request signature we calculated does not match (SignatureDoesNotMatch)',
    advice: /role, keys/,
  },
  {
    who: 'S3: no bucket',
    words: 'The specified bucket does not exist (Service: S3, Status Code: 404)',
    advice: /bucket .* does not exist/,
  },
  {
    who: 'Tasklist (camunda#29755): the snapshot took too long',
    words:
      'java.net.SocketTimeoutException: 30,000 milliseconds timeout on connection http-outgoing-2 [ACTIVE]',
    advice: /SNAPSHOTTIMEOUT/,
  },
  {
    who: 'Elasticsearch, recorded: no repository',
    words: textOf(elasticsearch.repositoryMissing),
    advice: /Register the snapshot repository/,
  },
  {
    who: 'OpenSearch, recorded: no repository',
    words: textOf(opensearch.repositoryMissing),
    advice: /Register the snapshot repository/,
  },
  {
    who: 'Elasticsearch, recorded: a red index',
    words: textOf(elasticsearch.noPrimaryShards),
    advice: /red indices/,
  },
  {
    who: 'OpenSearch, recorded: a red index',
    words: textOf(opensearch.noPrimaryShards),
    advice: /red indices/,
  },
  {
    who: 'Elasticsearch, recorded: a red index in a PARTIAL snapshot',
    words: textOf(elasticsearch.partial),
    advice: /red indices/,
  },
  {
    who: 'Zeebe: a broker is away',
    words: 'Expected to find 3 partitions, but found only 1 partitions',
    advice: /Brokers are missing/,
  },
  {
    who: 'a broker: its disk',
    words: 'java.io.IOException: No space left on device',
    advice: /disk is full/,
  },
  {
    who: 'Elasticsearch: its disk',
    words:
      'index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];',
    advice: /disk is full/,
  },
];

describe('What servers say and what to do', () => {
  for (const { who, words, advice } of said) {
    test(`What a server says finds what to do: ${who}`, () => {
      assert.match(adviceFor(words) ?? 'nothing', advice);
    });
  }
});

describe('What finds no advice', () => {
  for (const { what, words } of [
    { what: 'where nothing is said', words: '' },
    {
      what: 'for a backup that takes too long',
      words: 'The backup of Operate was not complete after 24 h 00 min',
    },
    {
      what: 'for a server that is not there',
      words: 'GET http://zeebe:9600/actuator failed: connect ECONNREFUSED 10.0.0.1:9600',
    },
    { what: 'for another backup that runs', words: operate.anotherRunning.text },
    { what: 'for a name that is used', words: textOf(elasticsearch.duplicate) },
    {
      what: 'for what went well',
      words: `${zeebe.completed.text} ${operate.completed.text} ${exporting.worked.text}`,
    },
  ] as const) {
    test(`Nothing is advised ${what}`, () => {
      assert.equal(adviceFor(words), undefined);
    });
  }
});

describe('Another try that may well succeed', () => {
  for (const { what, message } of [
    {
      what: 'after a leader change',
      message: `Zeebe says that its backup is FAILED: ${zeebe.failed.text}`,
    },
    {
      what: 'after a race for a snapshot',
      message:
        'Zeebe says that its backup is FAILED: Expected to reserve snapshot 62884-14-620635-565330, but snapshot is deleted',
    },
    {
      what: 'where there was no snapshot before the checkpoint',
      message:
        'Cannot find a snapshot that can be included in the backup 7. All available snapshots have positions above the checkpoint',
    },
    {
      what: 'where OpenSearch left a shard out, as Operate says it',
      message:
        'Operate says that its backup is FAILED: Some of the snapshots are partial: camunda_operate_3_8.6.0_part_1_of_6: {index=operate-import-position-8.3.0_, shard_id=0, reason=skipped, status=INTERNAL_SERVER_ERROR}',
    },
    {
      what: 'where OpenSearch left a shard out, as Tasklist says it',
      message:
        "Tasklist says that its backup is FAILED: Exception occurred when searching for backups: Missing required property 'SnapshotShardFailure.nodeId'",
    },
    {
      what: 'where OpenSearch left a shard out of the records',
      message:
        'Zeebe records says that its backup is FAILED: the snapshot is PARTIAL, 1 of 5 shards failed: {"index":"zeebe-record_job_8.6.0","shard_id":0,"reason":"skipped","status":"INTERNAL_SERVER_ERROR"}',
    },
  ] as const) {
    test(`Another try may well succeed ${what}`, () => {
      assert.equal(failedBackup(message), 'ComponentBackupInterrupted');
      assert.ok(passing.includes('ComponentBackupInterrupted'));
    });
  }

  test('Another try may well succeed for a component that was slow, and for Zeebe while its partitions are scaled', () => {
    assert.ok(passing.includes('ComponentTimedOut'));
    assert.ok(passing.includes('RefusedForNow'));
  });
});

describe('Another try that comes to nothing', () => {
  for (const { what, message } of [
    {
      what: 'where a disk is full',
      message: 'Zeebe says that its backup is FAILED: No space left on device',
    },
    { what: 'where the bucket is not there', message: 'The specified bucket does not exist' },
    { what: 'where a component may not write', message: 'Access Denied (Service: S3, Status Code: 403)' },
    { what: 'where an index is red', message: textOf(elasticsearch.noPrimaryShards) },
    { what: 'where a broker is away', message: 'Expected to find 3 partitions, but found only 1 partitions' },
    { what: 'for what nobody knows', message: 'Zeebe says that its backup is FAILED: something else' },
    { what: 'for what says nothing', message: '' },
    { what: 'for a part that was not taken', message: 'Operate has been INCOMPLETE for 5 min 00 s' },
  ] as const) {
    test(`Another try comes to nothing ${what}`, () => {
      assert.equal(failedBackup(message), 'ComponentBackupFailed');
    });
  }

  // Whatever they say: these are not how a component's backup ended.
  for (const error of Object.values(errorNames)) {
    if (['ComponentBackupInterrupted', 'ComponentTimedOut', 'RefusedForNow'].includes(error)) continue;
    test(`Another try comes to nothing after ${error}`, () => {
      assert.equal(passing.includes(error), false);
    });
  }

  for (const error of ['States.Timeout', 'Interrupted', 'TypeError', 'Lambda.Unknown']) {
    test(`Another try comes to nothing after ${error}, which is no error of a backup`, () => {
      assert.equal(passing.includes(error), false);
    });
  }
});

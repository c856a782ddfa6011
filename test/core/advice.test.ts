import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adviceFor, passesByItself } from '../../core/advice.ts';
import { errorNames } from '../../core/errors.ts';
import elasticsearch from './recorded/elasticsearch.json' with { type: 'json' };
import exporting from './recorded/exporting.json' with { type: 'json' };
import opensearch from './recorded/opensearch.json' with { type: 'json' };
import operate from './recorded/operate.json' with { type: 'json' };
import zeebe from './recorded/zeebe.json' with { type: 'json' };

const textOf = ({ body }: { body: unknown }) => JSON.stringify(body);

/**
 * What servers say → a word of what to do. Recorded, or from the issue of Camunda whose number is there; the others
 * are in the usual wording of the client that says it, and not recorded.
 */
const said: [string, string, RegExp][] = [
  ['Zeebe, recorded: a leader change', zeebe.failed.text, /lost its leadership/],
  [
    'Zeebe (camunda#33499): the snapshot went away',
    'Expected to reserve snapshot 62884-14-620635-565330, but snapshot is deleted',
    /known race/,
  ],
  [
    'Zeebe: no snapshot before the checkpoint',
    'Cannot find a snapshot that can be included in the backup 7. All available snapshots have positions above the checkpoint',
    /known race/,
  ],
  [
    'the S3 client of a broker: no connection is free',
    'Unable to execute HTTP request: Acquire Operation took longer than the configured maximum time. This indicates that a request cannot get a connection from the pool within the specified maximum time.',
    /maxConcurrentConnections/,
  ],
  ['Zeebe, recorded: its store is down', zeebe.storeDown.text, /does not reach its backup store/],
  [
    'an S3-compatible store: no MD5',
    'Missing required header for this request: Content-MD5 (Service: S3, Status Code: 400)',
    /SUPPORTLEGACYMD5/,
  ],
  ['S3: not allowed', 'Access Denied (Service: S3, Status Code: 403, Request ID: X)', /role, keys/],
  ['S3: not allowed, as a code', 'AccessDenied', /role, keys/],
  [
    'S3: a wrong key',
    'The request signature we calculated does not match (SignatureDoesNotMatch)',
    /role, keys/,
  ],
  [
    'S3: no bucket',
    'The specified bucket does not exist (Service: S3, Status Code: 404)',
    /bucket .* does not exist/,
  ],
  [
    'Tasklist (camunda#29755): the snapshot took too long',
    'java.net.SocketTimeoutException: 30,000 milliseconds timeout on connection http-outgoing-2 [ACTIVE]',
    /SNAPSHOTTIMEOUT/,
  ],
  [
    'Elasticsearch, recorded: no repository',
    textOf(elasticsearch.repositoryMissing),
    /Register the snapshot repository/,
  ],
  [
    'OpenSearch, recorded: no repository',
    textOf(opensearch.repositoryMissing),
    /Register the snapshot repository/,
  ],
  ['Elasticsearch, recorded: a red index', textOf(elasticsearch.noPrimaryShards), /red indices/],
  ['OpenSearch, recorded: a red index', textOf(opensearch.noPrimaryShards), /red indices/],
  [
    'Elasticsearch, recorded: a red index in a PARTIAL snapshot',
    textOf(elasticsearch.partial),
    /red indices/,
  ],
  [
    'Zeebe: a broker is away',
    'Expected to find 3 partitions, but found only 1 partitions',
    /Brokers are missing/,
  ],
  ['a broker: its disk', 'java.io.IOException: No space left on device', /disk is full/],
  [
    'Elasticsearch: its disk',
    'index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];',
    /disk is full/,
  ],
];

describe('what servers say finds what to do', () => {
  for (const [who, words, advice] of said) {
    test(who, () => {
      assert.match(adviceFor(words) ?? 'nothing', advice);
    });
  }
});

describe('nothing is advised', () => {
  for (const [what, words] of [
    ['where nothing is said', ''],
    ['of a backup that takes too long', 'The backup of Operate was not complete after 24 h 00 min'],
    [
      'of a server that is not there',
      'GET http://zeebe:9600/actuator failed: connect ECONNREFUSED 10.0.0.1:9600',
    ],
    ['of another backup that runs', operate.anotherRunning.text],
    ['of a name that is used', textOf(elasticsearch.duplicate)],
    ['of what went well', `${zeebe.completed.text} ${operate.completed.text} ${exporting.worked.text}`],
  ] as const) {
    test(what, () => {
      assert.equal(adviceFor(words), undefined);
    });
  }
});

describe('another try may well succeed', () => {
  for (const [what, error, message] of [
    [
      'after a leader change',
      'ComponentBackupFailed',
      `Zeebe says that its backup is FAILED: ${zeebe.failed.text}`,
    ],
    [
      'after a race for a snapshot',
      'ComponentBackupFailed',
      'Zeebe says that its backup is FAILED: Expected to reserve snapshot 62884-14-620635-565330, but snapshot is deleted',
    ],
    [
      'where there was no snapshot before the checkpoint',
      'ComponentBackupFailed',
      'Cannot find a snapshot that can be included in the backup 7. All available snapshots have positions above the checkpoint',
    ],
    [
      'where OpenSearch left a shard out, as Operate says it',
      'ComponentBackupFailed',
      'Operate says that its backup is FAILED: Some of the snapshots are partial: camunda_operate_3_8.6.0_part_1_of_6: {index=operate-import-position-8.3.0_, shard_id=0, reason=skipped, status=INTERNAL_SERVER_ERROR}',
    ],
    [
      'where OpenSearch left a shard out, as Tasklist says it',
      'ComponentBackupFailed',
      "Tasklist says that its backup is FAILED: Exception occurred when searching for backups: Missing required property 'SnapshotShardFailure.nodeId'",
    ],
    [
      'where OpenSearch left a shard out of the records',
      'ComponentBackupFailed',
      'Zeebe records says that its backup is FAILED: the snapshot is PARTIAL, 1 of 5 shards failed: {"index":"zeebe-record_job_8.6.0","shard_id":0,"reason":"skipped","status":"INTERNAL_SERVER_ERROR"}',
    ],
    [
      'of a component that was slow',
      'ComponentTimedOut',
      'The backup of Operate was not complete after 24 h 00 min',
    ],
    [
      'of Zeebe that refuses while its partitions are scaled',
      'RefusedForNow',
      'Zeebe answered POST http://zeebe:9600/actuator/backupRuntime with 409: partitions are being scaled',
    ],
    [
      'of a component that restarted just after it had accepted',
      'ComponentBackupFailed',
      'Optimize does not know the backup that it accepted for 5 min 00 s',
    ],
  ] as const) {
    test(what, () => {
      assert.equal(passesByItself({ error, message }), true);
    });
  }
});

describe('another try comes to nothing', () => {
  for (const [what, message] of [
    ['where a disk is full', 'Zeebe says that its backup is FAILED: No space left on device'],
    ['where the bucket is not there', 'The specified bucket does not exist'],
    ['where a component may not write', 'Access Denied (Service: S3, Status Code: 403)'],
    ['where an index is red', textOf(elasticsearch.noPrimaryShards)],
    ['where a broker is away', 'Expected to find 3 partitions, but found only 1 partitions'],
    ['of what nobody knows', 'Zeebe says that its backup is FAILED: something else'],
    ['of what says nothing', ''],
    ['of a part that was not taken', 'Operate has been INCOMPLETE for 5 min 00 s'],
  ] as const) {
    test(what, () => {
      assert.equal(passesByItself({ error: 'ComponentBackupFailed', message }), false);
    });
  }

  // Whatever they say: these are not how a component's backup ended.
  for (const error of Object.values(errorNames)) {
    if (['ComponentBackupFailed', 'ComponentTimedOut', 'RefusedForNow'].includes(error)) continue;
    test(`after ${error}`, () => {
      assert.equal(passesByItself({ error, message: 'Backup is cancelled due to leader change.' }), false);
    });
  }

  for (const error of ['States.Timeout', 'Interrupted', 'TypeError', 'Lambda.Unknown']) {
    test(`after ${error}, which is no error of a backup`, () => {
      assert.equal(passesByItself({ error, message: 'leader change' }), false);
    });
  }
});

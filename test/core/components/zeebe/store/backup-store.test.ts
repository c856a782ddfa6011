import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { backupStore } from '../../../../../core/components/zeebe/store/backup-store.ts';
import { folderFiles } from '../../../../../core/components/zeebe/store/folder-files.ts';
import { s3Files } from '../../../../../core/components/zeebe/store/s3-files.ts';
import { s3Client } from '../../../../../core/connect/s3-client.ts';
import { cleanUp } from '../../../../support/clean-up.ts';
import { mockAws, refusal } from '../../../../support/mock-aws.ts';
import { failureOf } from '../../../fakes.ts';
import { type S3Server, startS3Server } from '../../../ledger/store/s3-server.ts';
import { folderWith, storeInFolder } from './store-world.ts';
import { type Files, forms } from './written-by-hand.ts';

let server: S3Server;
beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  // Every list needs several pages.
  server = await startS3Server(['zeebe'], { pageSize: 2 });
});
afterAll(() => server.close());

let stores = 0;
function storeInS3(files: Files, bucket = 'zeebe') {
  const basePath = `camunda/store-${++stores}`;
  for (const [name, text] of Object.entries(files)) server.put('zeebe', `${basePath}/${name}`, text);
  const client = s3Client({ region: 'eu-central-1', endpoint: server.endpoint, forcePathStyle: true });
  cleanUp(() => client.destroy());
  return backupStore(s3Files({ bucket, basePath, client }));
}

const stored = [
  { where: 'in S3', storeOf: (files: Files) => storeInS3(files) },
  { where: 'in a folder', storeOf: storeInFolder },
];

describe.each(stored)('A store $where', ({ storeOf }) => {
  for (const { form, write, version, created, modified } of forms) {
    test(`The backup of ${form} is read: its ids, its manifests, its files and their sizes`, async () => {
      const store = storeOf({ ...write(9), ...write(10), 'notes/README': 'not of Zeebe' });
      assert.deepEqual(await store.ids(), [9, 10]);
      const manifests = await store.manifests(10);
      assert.deepEqual(
        manifests.map(({ partition, manifest }) => [
          partition,
          manifest?.id.partition,
          manifest?.id.backupId,
        ]),
        [
          [1, 1, 10],
          [2, 2, 10],
        ],
      );
      const [first] = manifests;
      assert(first?.manifest);
      const { state, partitions, brokerVersion, createdAt, modifiedAt, checkpointPosition } = first.manifest;
      assert.deepEqual(
        { state, partitions, brokerVersion, createdAt, modifiedAt, checkpointPosition },
        {
          state: 'COMPLETED',
          partitions: 2,
          brokerVersion: version,
          createdAt: created,
          modifiedAt: modified,
          checkpointPosition: 71,
        },
      );
      const names = (files: { name: string }[] = []) => files.map(({ name }) => name).sort();
      assert.deepEqual(names(first.manifest.snapshot), [
        '000012.sst',
        '44-1-60-50-0.checksum',
        'zeebe.metadata',
      ]);
      assert.deepEqual(names(first.manifest.segments), ['raft-partition-partition-1-7.log']);
      const files = await store.filesOf(first);
      assert.deepEqual(
        files.filter(({ name }) => name !== 'manifest.json' && !name.endsWith('.checksum')),
        [
          { name: 'segments/raft-partition-partition-1-7.log', bytes: 7 },
          { name: 'snapshot/000012.sst', bytes: 9 },
          { name: 'snapshot/zeebe.metadata', bytes: 9 },
        ],
      );
    });
  }

  test('Both layouts of S3 may be in one store, after an update from 8.8', async () => {
    const [old, , recent] = forms;
    assert(old && recent);
    const store = storeOf({ ...old.write(7), ...recent.write(8) });
    assert.deepEqual(await store.ids(), [7, 8]);
    assert.equal((await store.manifests(7)).length, 2);
    assert.equal((await store.manifests(8)).length, 2);
  });

  test('After a change of the leader, several brokers have a manifest of one partition', async () => {
    const [old] = forms;
    assert(old);
    const failed = {
      id: { nodeId: 2, partitionId: 1, checkpointId: 7 },
      descriptor: { numberOfPartitions: 2, brokerVersion: '8.7.2', checkpointPosition: 71 },
      statusCode: 'failed',
      failureReason: 'Backup is cancelled due to leader change.',
    };
    const store = storeOf({ ...old.write(7), '1/7/2/manifest.json': JSON.stringify(failed) });
    const ofFirst = (await store.manifests(7)).filter(({ partition }) => partition === 1);
    assert.deepEqual(ofFirst.map(({ node, manifest }) => [node, manifest?.state]).sort(), [
      ['0', 'COMPLETED'],
      ['2', 'FAILED'],
    ]);
  });

  test('A file is read as a stream, and a missing one is no error', async () => {
    const store = storeOf({ 'contents/1/7/0/segments/1.log': 'records' });
    const pieces: Buffer[] = [];
    let bytes = 0;
    const count = (more: number) => {
      bytes += more;
    };
    const read = (name: string) => store.files.read(name, (piece) => pieces.push(piece), { count });
    assert.equal(await read('contents/1/7/0/segments/1.log'), 'read');
    assert.equal(Buffer.concat(pieces).toString(), 'records');
    assert.equal(bytes, 7);
    assert.equal(await read('contents/1/7/0/segments/2.log'), 'missing');
    assert.equal(await store.files.text('contents/1/7/0/segments/2.log'), undefined);
  });

  test('An id that a number cannot hold is exact', async () => {
    const id = 9_007_199_254_740_993n;
    const [old] = forms;
    assert(old);
    const files = Object.entries(old.write(7)).map(([name, text]) => [
      name.replace('/7/', `/${id}/`),
      text.replace('"checkpointId":7', `"checkpointId":${id}`).replace('Position":71', `Position":${id}`),
    ]);
    const store = storeOf(Object.fromEntries(files));
    assert.deepEqual(await store.ids(), [id]);
    const [first] = await store.manifests(id);
    assert.equal(first?.manifest?.id.backupId, id);
    assert.equal(first?.manifest?.checkpointPosition, String(id));
  });

  test('An empty store has no backups', async () => {
    const store = storeOf({});
    assert.deepEqual(await store.ids(), []);
    assert.deepEqual(await store.manifests(7), []);
  });
});

describe('A manifest in a form that is not known is told, and nothing is concluded from it', () => {
  const [, , recent] = forms;
  const complete: unknown = JSON.parse(recent?.write(7)['manifests/1/7/1/manifest.json'] ?? '');
  assert(complete && typeof complete === 'object');
  for (const { what, text } of [
    { what: 'not JSON', text: 'gzip?' },
    { what: 'without a status', text: JSON.stringify({ ...complete, statusCode: undefined }) },
    { what: 'with a list of files of another form', text: JSON.stringify({ ...complete, snapshotFiles: 3 }) },
    { what: 'with a time of another form', text: JSON.stringify({ ...complete, createdAt: 'yesterday' }) },
    { what: 'that is empty', text: '' },
  ]) {
    test(`A manifest ${what}`, async () => {
      const [read] = await storeInFolder({ 'manifests/1/7/1/manifest.json': text }).manifests(7);
      assert(read);
      assert.equal(read.manifest, undefined);
      assert(read.strange);
    });
  }

  test('A state of a later version keeps its word', async () => {
    const text = JSON.stringify({ ...complete, statusCode: 'archived' });
    const [read] = await storeInFolder({ 'manifests/1/7/1/manifest.json': text }).manifests(7);
    assert.equal(read?.manifest?.state, 'ARCHIVED');
  });
});

describe('A store that cannot be read is not taken for one without backups', () => {
  test('A folder that is not mounted here', async () => {
    const folder = folderWith({});
    rmSync(folder, { recursive: true });
    const store = backupStore(folderFiles(folder));
    for (const ask of [store.ids(), store.manifests(7), store.filesOf({ contents: 'contents/1/7/0/' })]) {
      const error = await failureOf(ask);
      assert.equal(error.name, 'AddressUnusable');
      assert.match(error.remedy ?? '', /zeebe\.store\.folder/);
    }
  });

  for (const { what, bucket, fault, name, remedy } of [
    { what: 'A bucket that does not exist', bucket: 'other', name: 'RequestRefused', remedy: /zeebe\.store/ },
    {
      what: 'A missing permission',
      fault: { status: 403, code: 'AccessDenied', message: 'Access Denied' },
      name: 'RequestRefused',
      remedy: /Allow s3:ListBucket/,
    },
  ]) {
    test(`${what} is told`, async () => {
      const store = storeInS3({}, bucket);
      if (fault) server.failNext(fault);
      const error = await failureOf(store.files.list(''));
      assert.equal(error.name, name);
      assert.match(error.remedy ?? '', remedy);
    });
  }

  test('A file that may not be read', async () => {
    const [, , recent] = forms;
    const store = storeInS3(recent?.write(7) ?? {});
    server.failNext({ status: 403, code: 'AccessDenied', message: 'Access Denied' });
    const error = await failureOf(store.files.text('manifests/1/7/1/manifest.json'));
    assert.equal(error.name, 'RequestRefused');
    assert.match(error.remedy ?? '', /Allow s3:GetObject/);
  });
});

describe('The state of the copies of a file in another bucket', () => {
  const files = () => s3Files({ bucket: 'zeebe', client: s3Client({ region: 'eu-central-1' }) });

  test('It is what S3 says of the file, and nothing where S3 copies nothing', async () => {
    const asked: (string | undefined)[] = [];
    mockAws(S3Client)
      .on(HeadObjectCommand)
      .callsFake(({ Key }) => {
        asked.push(Key);
        return asked.length === 1 ? { ReplicationStatus: 'PENDING' } : {};
      });
    assert.equal(await files().replication('manifests/1/7/0/manifest.json'), 'PENDING');
    assert.equal(await files().replication('manifests/1/7/0/manifest.json'), undefined);
    assert.deepEqual(asked, ['manifests/1/7/0/manifest.json', 'manifests/1/7/0/manifest.json']);
  });

  test('A refusal names the permission, although its answer has no code', async () => {
    mockAws(S3Client)
      .on(HeadObjectCommand)
      .callsFake(() => {
        throw refusal({ name: '403', message: 'UnknownError', status: 403 });
      });
    const error = await failureOf(files().replication('manifests/1/7/0/manifest.json'));
    assert.equal(error.name, 'RequestRefused');
    assert.match(error.remedy ?? '', /^Allow s3:GetObject/);
  });
});

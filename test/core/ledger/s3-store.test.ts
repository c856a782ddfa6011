import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { after, afterEach, before, describe, it } from 'node:test';
import { S3Client } from '@aws-sdk/client-s3';
import { BackupError, isBackupError, ledgerTrouble } from '../../../core/errors.ts';
import { s3Client, s3Store } from '../../../core/ledger/s3-store.ts';
import { serverCertificate } from '../../support/certificates.ts';
import { type S3Server, startS3Server } from './s3-server.ts';
import { storeContract } from './store-contract.ts';

// Nothing of this machine's AWS configuration.
for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_CONFIG_FILE: '/does/not/exist',
  AWS_SHARED_CREDENTIALS_FILE: '/does/not/exist',
  AWS_EC2_METADATA_DISABLED: 'true',
});

const bucket = 'ledger-bucket';
const clients: { destroy(): void }[] = [];
let server: S3Server;
before(async () => {
  server = await startS3Server([bucket]);
});
after(async () => {
  for (const client of clients) client.destroy();
  await server.close();
});

function clientOf(endpoint: string, region: string | undefined = 'eu-central-1') {
  const client = s3Client({ region, endpoint, forcePathStyle: true });
  clients.push(client);
  return client;
}

afterEach(() => assert.equal(server.pendingFaults(), 0));

let stores = 0;
function open(prefix = `ledgers/${++stores}`) {
  return s3Store({ bucket, prefix, client: clientOf(server.endpoint) });
}

storeContract('s3Store', async () => open(), {
  keys: 1100,
  makeOlder: async (store, key, seconds) => {
    server.makeOlder(bucket, store.location(key).slice(`s3://${bucket}/`.length), seconds);
  },
});

async function ledgerError(action: Promise<unknown>, ...mentions: string[]): Promise<BackupError> {
  const error = await action.then(
    () => assert.fail('it did not throw'),
    (thrown: unknown) => thrown,
  );
  assert(error instanceof BackupError, String(error));
  assert(isBackupError(error, ...ledgerTrouble));
  assert(error.remedy);
  const words = `${error.message}\n${error.remedy}`;
  for (const mention of mentions)
    assert(words.includes(mention), `${JSON.stringify(mention)} is not in: ${words}`);
  return error;
}

describe('s3Store', () => {
  it('keeps documents below its prefix, whatever slashes it has, and at the top without one', async () => {
    for (const { prefix, root } of [
      { prefix: 'backups/ledger', root: 'backups/ledger/' },
      { prefix: '/slashes/', root: 'slashes/' },
      { prefix: '', root: '' },
    ] as const) {
      const store = open(prefix);
      assert.equal(store.location('a/lock.json'), `s3://${bucket}/${root}a/lock.json`);
      await store.write('a/lock.json', prefix);
      assert.equal(server.get(bucket, `${root}a/lock.json`), prefix);
      assert.deepEqual(await store.list('a/'), ['a/lock.json']);
      await store.remove('a/lock.json');
      assert.equal(server.get(bucket, `${root}a/lock.json`), undefined);
    }
  });

  it('does not take what is beside its prefix, or a folder that a console made, for its own', async () => {
    server.put(bucket, 'beside-it/a/lock.json', '{}');
    server.put(bucket, 'beside/a/', '');
    server.put(bucket, 'beside/', '');
    server.put(bucket, 'beside/a/lock.json', '{}');
    assert.deepEqual(await open('beside').list(''), ['a/lock.json']);
  });

  it('lists page after page', async () => {
    const small = await startS3Server([bucket], { pageSize: 3 });
    try {
      const store = s3Store({ bucket, prefix: 'p', client: clientOf(small.endpoint) });
      const keys = Array.from({ length: 10 }, (_, number) => `a/${number}.json`);
      for (const key of keys) small.put(bucket, `p/${key}`, '{}');
      assert.deepEqual(await store.list('a/'), keys);
      assert.equal(small.requests.length, 4);
    } finally {
      await small.close();
    }
  });
});

describe('s3Store, by the clock of the server', () => {
  it('knows the age of a document, wherever that clock is', async () => {
    for (const start of ['2001-01-01T00:00:00Z', '2040-01-01T00:00:00Z']) {
      let now = Date.parse(start);
      const elsewhere = await startS3Server([bucket], { clock: { now: () => now } });
      try {
        const store = s3Store({ bucket, prefix: '', client: clientOf(elsewhere.endpoint) });
        await store.write('heartbeat.json', '{}');
        now += 901_000;
        assert.equal(await store.ageOf('heartbeat.json'), 901);
      } finally {
        await elsewhere.close();
      }
    }
  });

  it('says when the answer does not show it', async () => {
    const dateless = createServer((_, response) => {
      response.sendDate = false;
      response.setHeader('ETag', '"1"').setHeader('Last-Modified', 'Mon, 01 Jan 2001 00:00:00 GMT').end('{}');
    });
    await new Promise<void>((resolve) => dateless.listen(0, '127.0.0.1', resolve));
    const address = dateless.address();
    assert(address !== null && typeof address !== 'string');
    const client = clientOf(`http://127.0.0.1:${address.port}`);
    await ledgerError(s3Store({ bucket, prefix: '', client }).ageOf('heartbeat.json'), 'no Date');
    dateless.closeAllConnections();
    dateless.close();
  });
});

describe('s3Store, when an answer is lost', () => {
  it('knows the document that it created', async () => {
    const store = open();
    server.loseNextAnswer('PUT');
    assert.equal(await store.create('lock.json', '{"run":"ours"}'), true);
    assert.equal((await store.read('lock.json'))?.text, '{"run":"ours"}');
  });

  it('knows the document that it replaced', async () => {
    const store = open();
    await store.create('lock.json', 'first');
    const first = await store.read('lock.json');
    assert(first);
    server.loseNextAnswer('PUT');
    assert.equal(await store.replace('lock.json', '{"run":"ours"}', first.version), true);
    assert.equal((await store.read('lock.json'))?.text, '{"run":"ours"}');
  });

  it("does not take another's document for its own", async () => {
    const store = open();
    server.put(bucket, `ledgers/${stores}/lock.json`, '{"run":"theirs"}');
    server.loseNextAnswer('PUT');
    assert.equal(await store.create('lock.json', '{"run":"ours"}'), false);
    assert.equal((await store.read('lock.json'))?.text, '{"run":"theirs"}');
  });

  it('does not claim a document that another has overwritten since', async () => {
    const store = open();
    const key = `ledgers/${stores}/lock.json`;
    server.loseNextAnswer('PUT', () => server.put(bucket, key, '{"run":"theirs"}'));
    assert.equal(await store.create('lock.json', '{"run":"ours"}'), false);
    assert.equal(server.get(bucket, key), '{"run":"theirs"}');
  });

  it('reads, writes, removes and lists all the same', async () => {
    const store = open();
    server.loseNextAnswer('PUT');
    await store.write('lock.json', 'text');
    server.loseNextAnswer('GET');
    assert.equal((await store.read('lock.json'))?.text, 'text');
    server.loseNextAnswer('GET');
    assert.notEqual(await store.ageOf('lock.json'), undefined);
    server.loseNextAnswer('GET');
    assert.deepEqual(await store.list(''), ['lock.json']);
    server.loseNextAnswer('DELETE');
    await store.remove('lock.json');
    assert.equal(await store.read('lock.json'), undefined);
  });
});

describe('s3Store, when S3 is busy', () => {
  const slowDown = { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' };
  const conflict = {
    method: 'PUT',
    status: 409,
    code: 'ConditionalRequestConflict',
    message: 'The conditional request cannot succeed due to a conflicting operation against this resource.',
  };

  it('tries again after SlowDown', async () => {
    const store = open();
    server.failNext({ ...slowDown, times: 2 });
    assert.equal(await store.create('lock.json', '{}'), true);
  });

  it('gives up after 4 attempts', async () => {
    const store = open();
    const before = server.requests.length;
    server.failNext({ ...slowDown, times: 4 });
    const error = await ledgerError(
      store.write('lock.json', '{}'),
      'SlowDown',
      'reduce your request rate',
      'HTTP 503',
    );
    assert.equal(error.status, 503);
    assert.equal(server.requests.length - before, 4);
  });

  it('tries again after a conflict', async () => {
    const store = open();
    server.failNext({ ...conflict, times: 2 });
    assert.equal(await store.create('lock.json', 'first'), true);
    const first = await store.read('lock.json');
    assert(first);
    server.failNext({ ...conflict, times: 2 });
    assert.equal(await store.replace('lock.json', 'second', first.version), true);
  });

  it('after conflicts without end has lost only to a document that is there', async () => {
    const store = open();
    server.failNext({ ...conflict, times: 5 });
    await ledgerError(store.create('lock.json', 'ours'), 'ConditionalRequestConflict', 'HTTP 409');
    server.put(bucket, `ledgers/${stores}/lock.json`, 'theirs');
    server.failNext({ ...conflict, times: 5 });
    assert.equal(await store.create('lock.json', 'ours'), false);
    server.failNext({ ...conflict, times: 5 });
    assert.equal(await store.create('lock.json', 'theirs'), true);
    const theirs = await store.read('lock.json');
    assert(theirs);
    server.failNext({ ...conflict, times: 5 });
    assert.equal(await store.replace('lock.json', 'ours', 'another version'), false);
    server.failNext({ ...conflict, times: 5 });
    await ledgerError(store.replace('lock.json', 'ours', theirs.version), 'ConditionalRequestConflict');
  });
});

describe('s3Store says what is wrong and what to do', () => {
  const denied = {
    status: 403,
    code: 'AccessDenied',
    message: 'User: arn:aws:iam::1:role/x is not authorized',
  };
  const environment = { ...process.env };
  afterEach(() => Object.assign(process.env, environment));

  it('names the permission that is missing', async () => {
    const store = open('backups');
    const objects = `arn:aws:s3:::${bucket}/backups/*`;
    const place = `s3://${bucket}/backups/a/lock.json`;
    const words = ['AccessDenied', 'is not authorized', 'HTTP 403'];
    server.failNext(denied);
    const error = await ledgerError(
      store.read('a/lock.json'),
      place,
      's3:GetObject',
      's3:ListBucket',
      objects,
      ...words,
    );
    assert.equal(error.status, 403);
    assert(error.cause instanceof Error);
    server.failNext(denied);
    await ledgerError(store.create('a/lock.json', '{}'), place, 's3:PutObject', objects, ...words);
    server.failNext(denied);
    await ledgerError(store.write('a/lock.json', '{}'), place, 's3:PutObject', objects, ...words);
    server.failNext(denied);
    await ledgerError(
      store.replace('a/lock.json', '{}', '"1"'),
      place,
      's3:PutObject',
      's3:GetObject',
      ...words,
    );
    server.failNext(denied);
    await ledgerError(store.remove('a/lock.json'), place, 's3:DeleteObject', objects, ...words);
    server.failNext(denied);
    await ledgerError(
      store.list('a/'),
      `s3://${bucket}/backups/a/`,
      's3:ListBucket',
      `arn:aws:s3:::${bucket},`,
    );
    server.failNext({ ...denied, message: 'not authorized to perform: kms:GenerateDataKey' });
    await ledgerError(store.write('a/lock.json', '{}'), 'kms:GenerateDataKey and kms:Decrypt');
  });

  it('names the bucket that does not exist', async () => {
    const store = s3Store({ bucket: 'nobodys', prefix: '', client: clientOf(server.endpoint) });
    for (const action of [
      () => store.read('lock.json'),
      () => store.create('lock.json', '{}'),
      () => store.write('lock.json', '{}'),
      () => store.replace('lock.json', '{}', '"1"'),
      () => store.remove('lock.json'),
      () => store.ageOf('lock.json'),
      () => store.list(''),
    ]) {
      await ledgerError(action(), 's3://nobodys/', 'NoSuchBucket', 'Create the bucket nobodys');
    }
  });

  it('asks for credentials', async () => {
    delete process.env['AWS_ACCESS_KEY_ID'];
    delete process.env['AWS_SECRET_ACCESS_KEY'];
    await ledgerError(
      open().read('lock.json'),
      `s3://${bucket}/`,
      'credentials',
      'AWS_PROFILE',
      'no answer of S3',
    );
  });

  it('asks for a region', async () => {
    const client = s3Client({ endpoint: server.endpoint, forcePathStyle: true });
    clients.push(client);
    await ledgerError(
      s3Store({ bucket, prefix: '', client }).read('lock.json'),
      'Region is missing',
      'AWS_REGION',
    );
  });

  it('asks for the right region', async () => {
    server.failNext({
      status: 400,
      code: 'AuthorizationHeaderMalformed',
      message:
        "The authorization header is malformed; the region 'eu-central-1' is wrong; expecting 'us-west-2'",
    });
    await ledgerError(open().read('lock.json'), "expecting 'us-west-2'", 'Set the region of the ledger');
  });

  it('says that a server without conditional writes will not do', async () => {
    server.failNext({ status: 501, code: 'NotImplemented', message: 'not implemented' });
    await ledgerError(open().create('lock.json', '{}'), 'NotImplemented', 'conditional writes');
  });

  for (const { status, code, name } of [
    { status: 403, code: 'AccessDenied', name: 'LedgerUnusable' },
    { status: 403, code: 'InvalidAccessKeyId', name: 'LedgerUnusable' },
    { status: 403, code: 'SignatureDoesNotMatch', name: 'LedgerUnusable' },
    { status: 403, code: 'RequestTimeTooSkewed', name: 'LedgerUnusable' },
    { status: 400, code: 'ExpiredToken', name: 'LedgerUnusable' },
    { status: 404, code: 'NoSuchBucket', name: 'LedgerUnusable' },
    { status: 301, code: 'PermanentRedirect', name: 'LedgerUnusable' },
    { status: 400, code: 'AuthorizationHeaderMalformed', name: 'LedgerUnusable' },
    { status: 501, code: 'NotImplemented', name: 'LedgerUnusable' },
    { status: 405, code: 'MethodNotAllowed', name: 'LedgerUnusable' },
    { status: 503, code: 'SlowDown', name: 'LedgerError' },
    { status: 500, code: 'InternalError', name: 'LedgerError' },
    { status: 429, code: 'TooManyRequests', name: 'LedgerError' },
    { status: 409, code: 'OperationAborted', name: 'LedgerError' },
    { status: 400, code: 'RequestTimeout', name: 'LedgerError' },
  ] as const) {
    it(`${status} ${code} is ${name}: ${name === 'LedgerError' ? 'it may pass' : 'it is not repeated'}`, async () => {
      server.failNext({ status, code, message: 'no' });
      // It repeats nothing by itself, so that nobody waits.
      const client = new S3Client({
        region: 'eu-central-1',
        endpoint: server.endpoint,
        forcePathStyle: true,
        maxAttempts: 1,
      });
      clients.push(client);
      const store = s3Store({ bucket, prefix: '', client });
      const error = await ledgerError(store.write('lock.json', '{}'), code);
      assert.equal(error.name, name);
    });
  }

  it('says of an endpoint with a certificate of a private authority what has to be set', async () => {
    const web = createTlsServer(serverCertificate({ name: 'localhost' }), (_, response) => response.end());
    await once(web.listen(0, '127.0.0.1'), 'listening');
    const address = web.address();
    assert(address !== null && typeof address !== 'string');
    const endpoint = `https://localhost:${address.port}`;
    const store = s3Store({ bucket, prefix: '', client: clientOf(endpoint), endpoint });
    const error = await ledgerError(
      store.read('lock.json'),
      'is not trusted here',
      'NODE_EXTRA_CA_CERTS',
      'ledger.s3.endpoint',
    );
    assert.equal(error.name, 'LedgerUnusable');
    web.closeAllConnections();
    web.close();
  });

  it('says of an endpoint whose name nobody knows that the name is the trouble', async () => {
    const endpoint = 'http://no-such-host.invalid:9000';
    const store = s3Store({ bucket, prefix: '', client: clientOf(endpoint), endpoint });
    const error = await ledgerError(store.read('lock.json'), 'no-such-host.invalid', 'ledger.s3.endpoint');
    assert.equal(error.name, 'LedgerError');
  });

  it('says when nothing listens', async () => {
    const gone = await startS3Server([]);
    await gone.close();
    const store = s3Store({ bucket, prefix: '', client: clientOf(gone.endpoint) });
    const error = await ledgerError(store.read('lock.json'), 'ECONNREFUSED', 'no answer of S3', 'endpoint');
    assert.equal(error.status, undefined);
  });

  it('says when it is not S3 that answers', async () => {
    const web = createServer((_, response) => response.end('<html><body>Welcome to nginx!<br></body>'));
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    const address = web.address();
    assert(address !== null && typeof address !== 'string');
    const store = s3Store({ bucket, prefix: '', client: clientOf(`http://127.0.0.1:${address.port}`) });
    await ledgerError(store.list(''), `s3://${bucket}/`, 'endpoint');
    await ledgerError(store.read('lock.json'), 'no ETag', 'endpoint');
    web.closeAllConnections();
    web.close();
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, it } from '@jest/globals';
import { s3Client } from '../../../../core/connect/s3-client.ts';
import { s3Store } from '../../../../core/ledger/store/s3.ts';
import { serverCertificate } from '../../../support/certificates.ts';
import { startS3Server } from './s3-server.ts';
import { bucket, clientOf, clients, ledgerError, open, server } from './s3-world.ts';

describe('What an s3Store says is wrong, and what to do', () => {
  const denied = {
    status: 403,
    code: 'AccessDenied',
    message: 'User: arn:aws:iam::1:role/x is not authorized',
  };
  const environment = { ...process.env };
  afterEach(() => void Object.assign(process.env, environment));

  it('An s3Store names the permission that is missing', async () => {
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

  for (const { region, arn } of [
    { region: 'cn-north-1', arn: `arn:aws-cn:s3:::${bucket}` },
    { region: 'us-gov-west-1', arn: `arn:aws-us-gov:s3:::${bucket}` },
    { region: 'eusc-de-east-1', arn: `arn:aws-eusc:s3:::${bucket}` },
  ]) {
    it(`An s3Store in ${region} names the permission that is missing in the partition of that region`, async () => {
      const client = s3Client({ region, endpoint: server.endpoint, forcePathStyle: true });
      clients.push(client);
      server.failNext(denied);
      const store = s3Store({ bucket, prefix: 'backups', client });
      await ledgerError(store.read('a/lock.json'), `${arn}/backups/*`, `s3:ListBucket on ${arn} `);
    });
  }

  it('An s3Store names the bucket that does not exist', async () => {
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

  it('An s3Store without credentials asks for them', async () => {
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

  it('Credentials that cannot be renewed for a moment are trouble that may pass', async () => {
    let isMissing = false;
    const client = new S3Client({
      region: 'eu-central-1',
      endpoint: server.endpoint,
      forcePathStyle: true,
      credentials: async () => {
        if (!isMissing) return { accessKeyId: 'test', secretAccessKey: 'test', expiration: new Date(0) };
        const message = 'The metadata of this machine cannot be read';
        throw Object.assign(new Error(message), { name: 'CredentialsProviderError' });
      },
    });
    clients.push(client);
    const store = s3Store({ bucket, prefix: '', client });
    assert.equal(await store.read('lock.json'), undefined);
    isMissing = true;
    const error = await ledgerError(store.read('lock.json'), 'metadata of this machine', 'AWS_PROFILE');
    assert.equal(error.name, 'LedgerError');
  });

  it('An s3Store without a region asks for one', async () => {
    const client = s3Client({ endpoint: server.endpoint, forcePathStyle: true });
    clients.push(client);
    await ledgerError(
      s3Store({ bucket, prefix: '', client }).read('lock.json'),
      'Region is missing',
      'AWS_REGION',
    );
  });

  it('An s3Store with the wrong region asks for the right one', async () => {
    server.failNext({
      status: 400,
      code: 'AuthorizationHeaderMalformed',
      message:
        "The authorization header is malformed; the region 'eu-central-1' is wrong; expecting 'us-west-2'",
    });
    await ledgerError(open().read('lock.json'), "expecting 'us-west-2'", 'Set the region of the ledger');
  });

  it('An s3Store says that a server without conditional writes will not do', async () => {
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
    { status: 400, code: 'KMS.ThrottlingException', name: 'LedgerError' },
  ] as const) {
    it(`The answer ${status} ${code} of S3 is ${name}: ${name === 'LedgerError' ? 'it may pass' : 'it is not repeated'}`, async () => {
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

  it('An s3Store whose endpoint has a certificate of a private authority says what has to be set', async () => {
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

  it('An s3Store whose endpoint has a name that nobody knows says that the name is the trouble', async () => {
    const endpoint = 'http://no-such-host.invalid:9000';
    const store = s3Store({ bucket, prefix: '', client: clientOf(endpoint), endpoint });
    const error = await ledgerError(store.read('lock.json'), 'no-such-host.invalid', 'ledger.s3.endpoint');
    assert.equal(error.name, 'LedgerError');
  });

  it('An s3Store says when nothing listens at its endpoint', async () => {
    const gone = await startS3Server([]);
    await gone.close();
    const store = s3Store({ bucket, prefix: '', client: clientOf(gone.endpoint) });
    const error = await ledgerError(store.read('lock.json'), 'ECONNREFUSED', 'no answer of S3', 'endpoint');
    assert.equal(error.status, undefined);
  });

  it('An s3Store says when it is not S3 that answers', async () => {
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

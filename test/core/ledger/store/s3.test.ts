import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it } from '@jest/globals';
import { s3Client } from '../../../../core/connect/s3-client.ts';
import { s3Store } from '../../../../core/ledger/store/s3.ts';
import { storeContract } from './contract.ts';
import { startS3Server } from './s3-server.ts';
import { bucket, clientOf, clients, ledgerError, open, server, stores } from './s3-world.ts';

storeContract('s3Store', async () => open(), {
  keys: 1100,
  makeOlder: async (store, key, seconds) => {
    server.makeOlder(bucket, store.location(key).slice(`s3://${bucket}/`.length), seconds);
  },
});

describe('The documents of an s3Store', () => {
  it('An s3Store keeps documents below its prefix, whatever slashes it has, and at the top without one', async () => {
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

  it('An s3Store does not take what is beside its prefix, or a folder that a console made, for its own', async () => {
    server.put(bucket, 'beside-it/a/lock.json', '{}');
    server.put(bucket, 'beside/a/', '');
    server.put(bucket, 'beside/', '');
    server.put(bucket, 'beside/a/lock.json', '{}');
    assert.deepEqual(await open('beside').list(''), ['a/lock.json']);
  });

  it('An s3Store writes into a bucket that retains its objects, at AWS and at an endpoint', async () => {
    const retaining = await startS3Server([bucket], { objectLock: true });
    const { endpoint } = retaining;
    // The client that the functions use does not know that this is not AWS.
    process.env['AWS_ENDPOINT_URL_S3'] = endpoint;
    const atAws = s3Client({ region: 'eu-central-1', forcePathStyle: true });
    clients.push(atAws);
    try {
      for (const { prefix, store } of [
        { prefix: 'aws', store: s3Store({ bucket, prefix: 'aws', client: atAws }) },
        {
          prefix: 'other',
          store: s3Store({ bucket, prefix: 'other', client: clientOf(endpoint), endpoint }),
        },
      ]) {
        assert.equal(await store.create('a/lock.json', 'created'), true);
        await store.write('a/lock.json', prefix);
        assert.equal(retaining.get(bucket, `${prefix}/a/lock.json`), prefix);
      }
    } finally {
      delete process.env['AWS_ENDPOINT_URL_S3'];
      await retaining.close();
    }
  });

  it('An s3Store lists page after page', async () => {
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

describe('An s3Store and the clock of the server', () => {
  it('An s3Store knows the age of a document by the clock of the server, wherever that clock is', async () => {
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

  it('An s3Store says when the answer does not show the age of a document', async () => {
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

describe('An s3Store whose answer is lost', () => {
  it('An s3Store whose answer is lost knows the document that it created', async () => {
    const store = open();
    server.loseNextAnswer('PUT');
    assert.equal(await store.create('lock.json', '{"run":"ours"}'), true);
    assert.equal((await store.read('lock.json'))?.text, '{"run":"ours"}');
  });

  it('An s3Store whose answer is lost knows the document that it replaced', async () => {
    const store = open();
    await store.create('lock.json', 'first');
    const first = await store.read('lock.json');
    assert(first);
    server.loseNextAnswer('PUT');
    assert.equal(await store.replace('lock.json', '{"run":"ours"}', first.version), true);
    assert.equal((await store.read('lock.json'))?.text, '{"run":"ours"}');
  });

  it('An s3Store whose answer is lost does not take another’s document for its own', async () => {
    const store = open();
    server.put(bucket, `ledgers/${stores}/lock.json`, '{"run":"theirs"}');
    server.loseNextAnswer('PUT');
    assert.equal(await store.create('lock.json', '{"run":"ours"}'), false);
    assert.equal((await store.read('lock.json'))?.text, '{"run":"theirs"}');
  });

  it('An s3Store whose answer is lost does not claim a document that another has overwritten since', async () => {
    const store = open();
    const key = `ledgers/${stores}/lock.json`;
    server.loseNextAnswer('PUT', () => server.put(bucket, key, '{"run":"theirs"}'));
    assert.equal(await store.create('lock.json', '{"run":"ours"}'), false);
    assert.equal(server.get(bucket, key), '{"run":"theirs"}');
  });

  it('An s3Store whose answer is lost reads, writes, removes and lists all the same', async () => {
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

describe('An s3Store when S3 is busy', () => {
  const slowDown = { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' };
  const conflict = {
    method: 'PUT',
    status: 409,
    code: 'ConditionalRequestConflict',
    message: 'The conditional request cannot succeed due to a conflicting operation against this resource.',
  };

  it('An s3Store tries again after SlowDown', async () => {
    const store = open();
    server.failNext({ ...slowDown, times: 2 });
    assert.equal(await store.create('lock.json', '{}'), true);
  });

  it('An s3Store gives up after 4 attempts', async () => {
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

  it('An s3Store tries again after a conflict', async () => {
    const store = open();
    server.failNext({ ...conflict, times: 2 });
    assert.equal(await store.create('lock.json', 'first'), true);
    const first = await store.read('lock.json');
    assert(first);
    server.failNext({ ...conflict, times: 2 });
    assert.equal(await store.replace('lock.json', 'second', first.version), true);
  });

  it('An s3Store after conflicts without end has lost only to a document that is there', async () => {
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

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsOptions as ServerOptions } from 'node:tls';
import { describe, test } from '@jest/globals';
import { searchOpener } from '../../../core/components/search/opener.ts';
import { type Connections, openConnections } from '../../../core/connect/connections.ts';
import { management } from '../../../core/connect/management.ts';
import { noFiles, secretReader } from '../../../core/connect/secrets.ts';
import { type Tls, tlsReader, tls as tlsSettings } from '../../../core/connect/tls.ts';
import { certificateAuthority, serverCertificate } from '../../support/certificates.ts';
import { cleanUp } from '../../support/clean-up.ts';
import { failureOf, TestClock } from '../fakes.ts';

const authority = certificateAuthority('authority of the company');
const stranger = certificateAuthority('another authority');
const client = serverCertificate({ name: 'camunda-backup', issuer: authority });
const unknownClient = serverCertificate({ name: 'somebody', issuer: stranger });

const authorityArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:camunda/authority-AbCdEf';
const notesArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:notes-AbCdEf';

/** The files beside the configuration, which a test may change. */
type Files = Record<string, string>;

function world() {
  const files: Files = {
    'authority.pem': authority.cert,
    'another.pem': stranger.cert,
    'client.pem': client.cert,
    'client.key': client.key,
    'unknown.pem': unknownClient.cert,
    'unknown.key': unknownClient.key,
    'notes.txt': 'no certificate',
  };
  const readFile = async (name: string) => {
    const text = files[name];
    if (text === undefined) throw new Error(`ENOENT: no such file, open '${name}'`);
    return text;
  };
  const environment = { CLIENT_KEY: client.key };
  const stored: Record<string, string> = { [authorityArn]: authority.cert, [notesArn]: 'no certificate' };
  const secrets = secretReader(environment, async (arn) => stored[arn], undefined, readFile);
  const connections = openConnections(secrets, readFile);
  cleanUp(() => connections.close());
  return { files, connections };
}

/** A server whose certificate is for `name`; it shows everybody what both search engines show. */
async function serve({ name = 'localhost', ...options }: ServerOptions & { name?: string } = {}) {
  const identity = serverCertificate({ name, issuer: authority });
  const server = createServer({ ...identity, ...options }, (_, response) => {
    response
      .writeHead(200, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' })
      .end(JSON.stringify({ version: { number: '2.19.1', distribution: 'opensearch' } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, server };
}

const demanding: ServerOptions = { requestCert: true, rejectUnauthorized: true, ca: authority.cert };

/** Every client that speaks to servers. */
const clients: Record<string, (connections: Connections, url: string, tls?: Tls) => Promise<unknown>> = {
  'a management port': async ({ http, secrets }, url, tls) => {
    const { status } = await management('Zeebe', { url, tls }, http, secrets).ask('GET', 'cluster');
    assert.equal(status, 200);
  },
  ...Object.fromEntries(
    (['elasticsearch', 'opensearch'] as const).map((engine) => [
      engine,
      async (connections: Connections, url: string, tls?: Tls) => {
        const opened = await searchOpener(connections)({ engine, url, tls });
        await opened.version().finally(() => opened.close());
      },
    ]),
  ),
};

interface Accepted {
  what: string;
  server?: ServerOptions & { name?: string };
  tls: Tls;
}
const accepted: Accepted[] = [
  { what: 'a certificate of the authority in `ca`', tls: { ca: 'authority.pem' } },
  {
    what: 'a certificate of the authority in the secret that `ca` names',
    tls: { ca: { secretsManager: authorityArn } },
  },
  {
    what: 'a certificate for the name in `serverName`',
    server: { name: 'zeebe.internal' },
    tls: { ca: 'authority.pem', serverName: 'zeebe.internal' },
  },
  {
    what: 'its own certificate that is demanded, with the key in a file',
    server: demanding,
    tls: { ca: 'authority.pem', certificate: 'client.pem', key: { file: 'client.key' } },
  },
  {
    what: 'its own certificate that is demanded, with the key in a variable',
    server: demanding,
    tls: { ca: 'authority.pem', certificate: 'client.pem', key: { env: 'CLIENT_KEY' } },
  },
];

interface Refused extends Omit<Accepted, 'tls'> {
  tls?: Tls;
  /** What the message must say was seen. */
  seen: RegExp;
  /** What the remedy must name. */
  remedy: RegExp;
  name?: 'Unreachable';
}
const refused: Refused[] = [
  {
    what: 'a certificate of another authority than the one in `ca`',
    tls: { ca: 'another.pem' },
    seen: /the certificate of localhost:\d+, issued by "authority of the company", is not issued by an authority in `tls\.ca`/,
    remedy:
      /^Put the certificate of the authority that has issued it \(PEM\) into the file or the secret that `tls\.ca` names/,
  },
  {
    what: 'a private authority where none is configured',
    seen: /issued by "authority of the company", is not trusted here/,
    remedy: /into `tls\.ca` of this address, or set NODE_EXTRA_CA_CERTS/,
  },
  {
    what: 'a certificate for another name',
    server: { name: 'zeebe.internal' },
    tls: { ca: 'authority.pem' },
    seen: /is not for the name localhost, but for DNS:zeebe\.internal/,
    remedy: /into `tls\.serverName`/,
  },
  {
    what: 'a certificate for another name than `serverName`',
    tls: { ca: 'authority.pem', serverName: 'zeebe.internal' },
    seen: /is not for the name zeebe\.internal, but for DNS:localhost/,
    remedy: /into `tls\.serverName`/,
  },
  {
    what: 'that no certificate is configured where the server demands one',
    server: demanding,
    tls: { ca: 'authority.pem' },
    seen: /asks for a certificate of its client/,
    remedy: /^Write `tls\.certificate` and `tls\.key` for this address/,
  },
  {
    what: 'its own certificate of an authority that the server does not know',
    server: demanding,
    tls: { ca: 'authority.pem', certificate: 'unknown.pem', key: { file: 'unknown.key' } },
    // Node's server only hangs up; one that says why is in the next case.
    seen: /closes the connection as soon as it has seen the certificate of its client/,
    remedy: /^Show it a certificate that it accepts/,
    name: 'Unreachable',
  },
  {
    what: 'a file that is not there',
    tls: { ca: 'missing.pem' },
    seen: /The file missing\.pem cannot be read: ENOENT/,
    remedy: /^Correct `tls\.ca`/,
  },
  {
    what: 'a file without a certificate',
    tls: { ca: 'notes.txt' },
    seen: /The file notes\.txt contains no certificate/,
    remedy: /`tls\.ca`/,
  },
  {
    what: 'a key that the certificate was not issued for',
    tls: { certificate: 'client.pem', key: { file: 'unknown.key' } },
    seen: /TLS cannot begin with client\.pem and the file unknown\.key: /,
    remedy: /the private key that it was issued for/,
  },
];

for (const [who, ask] of Object.entries(clients)) {
  describe(`The TLS settings of ${who}`, () => {
    for (const { what, server, tls } of accepted) {
      test(`The client of ${who} accepts ${what}`, async () => {
        const { url } = await serve(server);
        await ask(world().connections, url, tls);
      });
    }

    for (const { what, server, tls, seen, remedy, name = 'AddressUnusable' } of refused) {
      test(`The client of ${who} refuses ${what}, and says what to do`, async () => {
        const { url } = await serve(server);
        const error = await failureOf(ask(world().connections, url, tls));
        assert.match(error.message, seen);
        assert.match(error.remedy ?? '', remedy);
        assert.equal(error.name, name);
      });
    }

    test(`The client of ${who} names a private key that is none, and tells nothing of it`, async () => {
      const { url } = await serve();
      const tls = { certificate: 'client.pem', key: { file: 'notes.txt' } };
      const error = await failureOf(ask(world().connections, url, tls));
      assert.equal(error.name, 'SecretUnavailable');
      assert.match(error.message, /^The file notes\.txt is not a private key \(PEM\)$/);
    });
  });
}

describe('A TLS setting that changes while a process runs', () => {
  const ask = (connections: Connections, url: string, tls: Tls) =>
    connections.http({ method: 'GET', url, tls });

  test('A renewed client certificate is used for the next request', async () => {
    const { files, connections } = world();
    const seen: (string | undefined)[] = [];
    const { url, server } = await serve(demanding);
    server.on('secureConnection', (socket) => seen.push(socket.getPeerCertificate().serialNumber));
    const tls = { ca: 'authority.pem', certificate: 'client.pem', key: { file: 'client.key' } };
    await ask(connections, url, tls);
    await ask(connections, url, tls);
    const renewed = serverCertificate({ name: 'camunda-backup', issuer: authority });
    files['client.pem'] = renewed.cert;
    files['client.key'] = renewed.key;
    await ask(connections, url, tls);
    const serial = ({ cert }: { cert: string }) => new X509Certificate(cert).serialNumber;
    assert.deepEqual([...new Set(seen)], [serial(client), serial(renewed)]);
  });

  for (const [who, connect] of Object.entries(clients)) {
    for (const { what, change } of [
      { what: 'is gone', change: (files: Files) => delete files['authority.pem'] },
      { what: 'is written only in part', change: (files: Files) => (files['authority.pem'] = '-----BEGIN') },
    ]) {
      test(`A file that ${what} for a moment does not end the connections of the client of ${who}`, async () => {
        const { files, connections } = world();
        const { url } = await serve();
        const tls = { ca: 'authority.pem' };
        await connect(connections, url, tls);
        change(files);
        await connect(connections, url, tls);
      });
    }
  }

  test('A secret without a certificate is not taken for an empty list of authorities', async () => {
    const { connections } = world();
    const error = await failureOf(connections.readTls({ ca: { secretsManager: notesArn } }));
    assert.equal(error.name, 'SecretUnavailable');
    assert.match(error.message, /secret:notes-AbCdEf contains no certificate \(PEM\)$/);
  });

  test('A secret that is gone for good is used for twelve hours and not for ever', async () => {
    const clock = new TestClock();
    const stored = new Map([[authorityArn, authority.cert]]);
    const secrets = secretReader({}, async (arn) => stored.get(arn));
    const read = tlsReader({ secrets, readFile: noFiles }, new Map(), clock);
    const settings = { ca: { secretsManager: authorityArn } };
    await read(settings);
    stored.clear();
    clock.advance(12 * 3600);
    assert.equal((await read(settings)).ca, authority.cert);
    clock.advance(1);
    assert.equal((await failureOf(read(settings))).name, 'SecretUnavailable');
  });

  test('The settings of one address are not used for another one', async () => {
    const { connections } = world();
    const { url } = await serve();
    await ask(connections, url, { ca: 'authority.pem' });
    assert.equal((await failureOf(ask(connections, url, { ca: 'another.pem' }))).name, 'AddressUnusable');
    assert.equal((await failureOf(connections.http({ method: 'GET', url }))).name, 'AddressUnusable');
  });

  test('The connections are closed at the end', async () => {
    const { connections } = world();
    const { url, server } = await serve();
    const closed = new Promise((resolve) => {
      server.on('secureConnection', (socket) => socket.once('close', resolve));
    });
    await ask(connections, url, { ca: 'authority.pem' });
    await connections.close();
    await closed;
  });
});

describe('The settings of TLS', () => {
  for (const { wrong, says } of [
    { wrong: {}, says: /is empty: it needs ca, certificate and key, or serverName/ },
    { wrong: { ca: { env: 'AUTHORITY' } }, says: /names neither a file nor a secret of Secrets Manager/ },
    { wrong: { certificate: 'a.pem' }, says: /needs both certificate and key/ },
    { wrong: { key: { file: 'a.key' } }, says: /needs both certificate and key/ },
    { wrong: { certificate: 'a.pem', key: 'a.key' }, says: /names no secret/ },
    { wrong: { serverName: 'https://zeebe' }, says: /is not the name of a server/ },
    { wrong: { verify: false }, says: /Unrecognized key/ },
  ]) {
    test(`The settings of TLS cannot be ${JSON.stringify(wrong)}`, () => {
      assert.match(tlsSettings.safeParse(wrong).error?.issues[0]?.message ?? '', says);
    });
  }
});

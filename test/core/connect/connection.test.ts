import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import * as tls from 'node:tls';
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { searchOpener } from '../../../core/components/search/opener.ts';
import { openConnections } from '../../../core/connect/connections.ts';
import { http } from '../../../core/connect/http.ts';
import { certificateAuthority, type Identity, serverCertificate } from '../../support/certificates.ts';
import { failureOf, secrets } from '../fakes.ts';

const open: Server[] = [];
afterAll(() => {
  for (const server of open) server.close();
});

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(server);
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  return port;
}

const trusted = certificateAuthority('trusted authority');
const stranger = certificateAuthority('another authority');
const speakingTls = (identity: Identity, options: tls.TlsOptions = {}) =>
  listening(createTlsServer({ ...identity, ...options }, (_, response) => response.end('{}')));
const https = async (port: Promise<number>) => `https://localhost:${await port}`;
const plain = async (port: Promise<number>) => `http://localhost:${await port}`;
const day = (text: string) => new Date(`${text}T00:00:00Z`);
const closing = (socket: Socket) => socket.end();

beforeAll(() => {
  // As NODE_EXTRA_CA_CERTS does at the start of a process.
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), trusted.cert]);
});

interface Case {
  url: () => Promise<string>;
  name: 'Unreachable' | 'AddressUnusable';
  /** What the message must say was seen. */
  seen: RegExp;
  /** What the remedy must name. */
  remedy: RegExp;
  /** And what it must not, because it is not the cause. */
  not?: RegExp;
}

/** What is at an address → what people are told, of each client alike. */
const cases: Record<string, Case> = {
  'a certificate that signed itself': {
    url: () => https(speakingTls(serverCertificate({ name: 'localhost' }))),
    name: 'AddressUnusable',
    seen: /the certificate of localhost:\d+, issued by "localhost", is not trusted here \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
    remedy: /authority.*NODE_EXTRA_CA_CERTS/,
    not: /security group|DNS/,
  },
  'a certificate of a private authority': {
    url: () => https(speakingTls(serverCertificate({ name: 'localhost', issuer: stranger }))),
    name: 'AddressUnusable',
    seen: /issued by "another authority", is not trusted here \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)/,
    remedy: /NODE_EXTRA_CA_CERTS/,
    not: /security group|DNS/,
  },
  'a certificate of a private authority that is sent along': {
    url: () => {
      const { key, cert } = serverCertificate({ name: 'localhost', issuer: stranger });
      return https(speakingTls({ key, cert: `${cert}${stranger.cert}` }));
    },
    name: 'AddressUnusable',
    seen: /is not trusted here \(SELF_SIGNED_CERT_IN_CHAIN\)/,
    remedy: /NODE_EXTRA_CA_CERTS/,
  },
  'a certificate that has expired': {
    url: () => {
      const validFrom = day('2020-01-01');
      const validTo = day('2020-02-03');
      return https(
        speakingTls(serverCertificate({ name: 'localhost', issuer: trusted, validFrom, validTo })),
      );
    },
    name: 'AddressUnusable',
    seen: /has expired \(valid until Feb {2}3 00:00:00 2020 GMT\)/,
    remedy: /^Renew the certificate of localhost:\d+/,
    not: /NODE_EXTRA_CA_CERTS/,
  },
  'a certificate that is not valid yet': {
    url: () => {
      const validFrom = day('2090-01-01');
      const validTo = day('2090-02-03');
      return https(
        speakingTls(serverCertificate({ name: 'localhost', issuer: trusted, validFrom, validTo })),
      );
    },
    name: 'AddressUnusable',
    seen: /is not valid yet \(valid from Jan {2}1 00:00:00 2090 GMT\)/,
    remedy: /^Set the clock of this machine/,
  },
  'a certificate for another name': {
    url: () => https(speakingTls(serverCertificate({ name: 'search.example', issuer: trusted }))),
    name: 'AddressUnusable',
    seen: /is not for the name localhost, but for DNS:search\.example/,
    remedy: /Write a name into the url that is in the certificate/,
    not: /NODE_EXTRA_CA_CERTS/,
  },
  'http where https is spoken to': {
    url: () => https(listening(createServer((_, response) => response.end('{}')))),
    name: 'AddressUnusable',
    seen: /https is spoken to localhost:\d+, which does not answer in TLS/,
    remedy: /^Write http:\/\/localhost:\d+ /,
    not: /NODE_EXTRA_CA_CERTS/,
  },
  'https where http is spoken to': {
    url: () => plain(speakingTls(serverCertificate({ name: 'localhost', issuer: trusted }))),
    name: 'AddressUnusable',
    seen: /speaks TLS and was spoken to without it/,
    remedy: /^Write https:\/\/localhost:\d+ /,
  },
  'a version of TLS that is too old': {
    url: () =>
      https(
        speakingTls(serverCertificate({ name: 'localhost', issuer: trusted }), {
          minVersion: 'TLSv1',
          maxVersion: 'TLSv1.1',
          ciphers: 'DEFAULT@SECLEVEL=0',
        }),
      ),
    name: 'AddressUnusable',
    seen: /do not have a version of TLS or a cipher in common/,
    remedy: /TLS 1\.2 or later/,
  },
  'nothing listens there': {
    url: () => plain(freePort()),
    name: 'Unreachable',
    seen: /ECONNREFUSED/,
    remedy: /^Nothing listens at localhost:\d+: see whether the server is up.*port-forward/,
    not: /DNS|security group/,
  },
  'nothing listens there, for https': {
    url: () => https(freePort()),
    name: 'Unreachable',
    seen: /ECONNREFUSED/,
    remedy: /^Nothing listens at localhost:\d+/,
    not: /certificate/,
  },
  'a name that nobody knows': {
    url: async () => 'http://no-such-host.invalid:9600',
    name: 'Unreachable',
    seen: /ENOTFOUND|EAI_AGAIN/,
    remedy: /no-such-host\.invalid.*(correct it|correct the name)/,
    not: /is up|security group/,
  },
  'a server that closes the connection': {
    url: () => plain(listening(createTcpServer(closing))),
    name: 'Unreachable',
    seen: /closed|hang up|ECONNRESET/,
    remedy: /can be reached, and gave no whole answer/,
    not: /https:\/\//,
  },
  'a server that closes the connection before TLS begins': {
    url: () => https(listening(createTcpServer(closing))),
    name: 'Unreachable',
    seen: /disconnected|ECONNRESET|EPIPE/,
    remedy: /can be reached, and gave no whole answer/,
    not: /NODE_EXTRA_CA_CERTS/,
  },
};

const openSearch = searchOpener(openConnections(secrets));

/** Every client that speaks to servers, by what it is asked. */
const clients: Record<string, (url: string) => Promise<unknown>> = {
  'a management port': (url) => http({ method: 'GET', url: `${url}/actuator` }),
  Elasticsearch: async (url) => {
    const engine = await openSearch({ engine: 'elasticsearch', url });
    return engine.version().finally(() => engine.close());
  },
  OpenSearch: async (url) => {
    const engine = await openSearch({ engine: 'opensearch', url });
    return engine.version().finally(() => engine.close());
  },
};

for (const [who, ask] of Object.entries(clients)) {
  describe(`A bad connection to ${who}`, () => {
    for (const [what, { url, name, seen, remedy, not }] of Object.entries(cases)) {
      test(`A bad connection to ${who} is told with what to do: ${what}`, async () => {
        const error = await failureOf(ask(await url()));
        assert.match(error.message, seen);
        assert.match(error.remedy ?? '', remedy);
        if (not) assert.doesNotMatch(`${error.message} ${error.remedy}`, not);
        assert.equal(error.name, name);
        assert.doesNotMatch(error.message, /openssl|SSL routines|use-system-ca|\n/);
      });
    }
  });
}

test('A certificate is no obstacle where the authority that issued it is known', async () => {
  const url = await https(speakingTls(serverCertificate({ name: 'localhost', issuer: trusted })));
  assert.equal((await http({ method: 'GET', url })).status, 200);
});

test('A server that says nothing is told from one that cannot be reached', async () => {
  const url = await plain(listening(createTcpServer()));
  const error = await failureOf(http({ method: 'GET', url, timeoutSeconds: 0.1 }));
  assert.match(error.remedy ?? '', /^localhost:\d+ says nothing: see whether it hangs/);
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, test } from '@jest/globals';
import { certificateAuthority, serverCertificate } from '../support/certificates.ts';
import { cleanUp } from '../support/clean-up.ts';
import { assertCode, type Bench, bench } from './harness.ts';

const authority = certificateAuthority('authority of the company');

/** `url` behind TLS, as behind an ingress with a certificate of a private authority. */
async function behindTls(url: string): Promise<string> {
  const identity = serverCertificate({ name: 'localhost', issuer: authority });
  const server = createServer(identity, (asked, answer) => {
    const { method, headers, url: path } = asked;
    const forwarded = request(`${url}${path}`, { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    forwarded.on('error', () => answer.destroy());
    asked.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

type Cluster = Record<string, unknown>;

/** The cluster with its management port and its search engine behind TLS. */
async function encrypted({ simulator }: Bench): Promise<(cluster: Cluster) => Cluster> {
  const zeebe = await behindTls(simulator.urls.zeebe);
  const search = await behindTls(simulator.urls.search ?? '');
  return (cluster) => ({
    ...cluster,
    zeebe: { url: zeebe },
    webApplications: { url: zeebe },
    search: { ...(cluster['search'] as object), url: search },
  });
}

describe('A cluster behind TLS', () => {
  test('A cluster behind TLS whose authority NODE_EXTRA_CA_CERTS names is backed up', async () => {
    const on = await bench();
    await on.configure(await encrypted(on));
    const file = join(on.folder, 'authority.pem');
    await writeFile(file, authority.cert);
    const ended = await on.spawnRun({ NODE_EXTRA_CA_CERTS: file }).ended;
    assertCode(ended, 0);
    await on.assertAllIsWell();
  });

  test('A cluster behind TLS whose authority its addresses name, beside the configuration, is backed up', async () => {
    const on = await bench();
    const change = await encrypted(on);
    await on.configure((cluster) =>
      Object.fromEntries(
        Object.entries(change(cluster)).map(([name, settings]) =>
          ['zeebe', 'webApplications', 'search'].includes(name)
            ? [name, { ...(settings as object), tls: { ca: 'authority.pem' } }]
            : [name, settings],
        ),
      ),
    );
    await writeFile(join(dirname(on.configFile), 'authority.pem'), authority.cert);
    const ended = await on.run().ended;
    assertCode(ended, 0);
    await on.assertAllIsWell();
  });

  test('A cluster behind TLS whose authority nobody knows is refused at once, by its name, with what to set', async () => {
    const on = await bench();
    const change = await encrypted(on);
    await on.configure((cluster) => ({
      ...change(cluster),
      // And where https is spoken to a port of http.
      optimize: { url: on.simulator.urls.optimize?.replace('http:', 'https:') },
    }));
    const ended = await on.run().ended;
    assertCode(ended, 1);
    const message = ended.json().failure?.message ?? '';
    assert.match(
      message,
      /^The cluster cannot be backed up now: 4 problems, the first: .* cannot be reached: /,
    );
    assert.match(message, /issued by "authority of the company", is not trusted here .*NODE_EXTRA_CA_CERTS/);
    assert.match(
      message,
      /Elasticsearch did not answer GET \/ at https:.* is not trusted here .*NODE_EXTRA_CA_CERTS/,
    );
    assert.match(
      message,
      /https is spoken to 127\.0\.0\.1:\d+, which does not answer in TLS .*Write http:\/\/127/,
    );
    assert.doesNotMatch(ended.stderr, /trying again|security group|DNS/);
    assert.deepEqual(on.simulator.calls(), []);
    await on.assertAllIsWell();
  });
});

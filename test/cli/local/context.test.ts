import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { localContext } from '../../../cli/local/context.ts';
import { parseConfig } from '../../../core/config/file.ts';
import { commands } from '../../../deployment/commands.ts';
import { failureOf } from '../../core/fakes.ts';
import { certificateAuthority, serverCertificate } from '../../support/certificates.ts';
import { cleanUp } from '../../support/clean-up.ts';

const authority = certificateAuthority('authority of the company');

async function serve(): Promise<string> {
  const identity = serverCertificate({ name: 'localhost', issuer: authority });
  const server = createServer(identity, (_, response) => response.end('{}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

describe('The contexts of one command', () => {
  test('A later context of the command connects with the certificates that an earlier one has read', async () => {
    const url = await serve();
    const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-test-'));
    cleanUp(() => rm(folder, { recursive: true }));
    const text = `ledger: { folder: . }\nclusters: { test: { zeebe: { url: ${url} } } }`;
    const configured = () => parseConfig(text, join(folder, 'test.yaml'));
    const ask = async (config: ReturnType<typeof configured>) => {
      const { context, close } = await localContext(config, commands({ program: 'camunda-backup' }), {
        env: {},
        warn: () => {},
      });
      const answer = context.http({ method: 'GET', url, tls: { ca: 'authority.pem' } });
      return (await answer.finally(close)).status;
    };
    await writeFile(join(folder, 'authority.pem'), authority.cert);
    const config = configured();
    assert.equal(await ask(config), 200);
    await rm(join(folder, 'authority.pem'));
    // An interrupted run resumes exporting with a new context.
    assert.equal(await ask(config), 200);
    assert.equal((await failureOf(ask(configured()))).name, 'AddressUnusable');
  });
});

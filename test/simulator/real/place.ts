import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Address } from '../../../simulator/http/http.ts';
import { cleanUp } from '../../support/clean-up.ts';

/** A folder as the store, a data directory that does not exist yet, and an address that claims to be OpenSearch. */
export async function place() {
  const body = JSON.stringify({ version: { number: '3.8.0', distribution: 'opensearch' } });
  const engine = new Address(async () => ({ status: 200, headers: {}, body }));
  await engine.listen();
  cleanUp(() => engine.stop());
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-data-'));
  cleanUp(() => rm(folder, { recursive: true }));
  const options = {
    camunda: '8.8' as const,
    searchUrl: engine.url,
    store: join(folder, 'store'),
    data: join(folder, 'data'),
  };
  return { engine, options };
}

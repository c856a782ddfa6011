import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '@jest/globals';
import { startSimulator } from '../../../simulator/index.ts';
import { Mistake } from '../../../simulator/mistake.ts';
import { openDataFolder } from '../../../simulator/real/data-folder.ts';
import { settleReal } from '../../../simulator/real/options.ts';
import { cleanUp } from '../../support/clean-up.ts';

/** A search engine in memory, and a data directory that does not exist yet. */
async function place() {
  const simulator = await startSimulator({ camunda: '8.8', components: { search: 'opensearch' } });
  cleanUp(() => simulator.close());
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-data-'));
  cleanUp(() => rm(folder, { recursive: true }));
  const { search = '', web } = simulator.urls;
  const data = join(folder, 'data');
  return {
    simulator,
    search,
    web,
    options: { camunda: '8.8' as const, searchUrl: search, store: folder, data },
  };
}

const isMistake = (says: RegExp) => (error: unknown) => error instanceof Mistake && says.test(error.message);

test('Processes that are started at the same time have the same ports, which outlive a restart without the engine', async () => {
  const { simulator, options } = await place();
  const settled = settleReal(options);
  const [first, second] = await Promise.all([openDataFolder(settled), openDataFolder(settled)]);
  assert.deepEqual(first, second);
  assert.equal(first.search, 'opensearch');
  assert.equal(new Set(Object.values(first.ports)).size, 6);
  simulator.stopSearch();
  assert.deepEqual(await openDataFolder(settled), first);
  assert.deepEqual([...(await readdir(options.data))], ['cluster.json']);
});

test('A data directory of another version or partition count is refused', async () => {
  const { options } = await place();
  await openDataFolder(settleReal({ ...options, partitions: 3 }));
  await assert.rejects(
    openDataFolder(settleReal({ ...options, camunda: '8.9', partitions: 2 })),
    isMistake(/^--data: .* is that of a cluster of Camunda 8\.8, not 8\.9 and 3 partitions, not 2$/),
  );
});

test('An address that is no search engine is refused, and so is one that does not answer', async () => {
  const { simulator, web, options } = await place();
  await assert.rejects(
    openDataFolder(settleReal({ ...options, searchUrl: web })),
    isMistake(/^--search-url: what answers at http:.* is no search engine \(status 200\)$/),
  );
  simulator.stopSearch();
  await assert.rejects(
    openDataFolder(settleReal(options)),
    isMistake(/^--search-url: http:.* does not answer: .*ECONNREFUSED/),
  );
});

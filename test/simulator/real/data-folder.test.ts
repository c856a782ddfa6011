import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from '@jest/globals';
import { html } from '../../../simulator/http/answers.ts';
import { Address } from '../../../simulator/http/http.ts';
import { Mistake } from '../../../simulator/mistake.ts';
import { openDataFolder } from '../../../simulator/real/data-folder.ts';
import { settleReal } from '../../../simulator/real/options.ts';
import { cleanUp } from '../../support/clean-up.ts';
import { place } from './place.ts';

const isMistake = (says: RegExp) => (error: unknown) => error instanceof Mistake && says.test(error.message);

test('Processes that are started at the same time have the same ports, which outlive a restart without the engine', async () => {
  const { engine, options } = await place();
  const settled = settleReal(options);
  const [first, second] = await Promise.all([openDataFolder(settled), openDataFolder(settled)]);
  assert.deepEqual(first, second);
  assert.equal(first.search, 'opensearch');
  assert.equal(new Set(Object.values(first.ports)).size, 6);
  engine.stop();
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
  const { engine, options } = await place();
  const web = new Address(async () => html());
  await web.listen();
  cleanUp(() => web.stop());
  await assert.rejects(
    openDataFolder(settleReal({ ...options, searchUrl: web.url })),
    isMistake(/^--search-url: what answers at http:.* is no search engine \(status 200\)$/),
  );
  engine.stop();
  await assert.rejects(
    openDataFolder(settleReal(options)),
    isMistake(/^--search-url: http:.* does not answer: .*ECONNREFUSED/),
  );
});

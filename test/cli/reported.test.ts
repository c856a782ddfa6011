import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, test } from '@jest/globals';
import { shortWaits } from '../support/waits.ts';
import { assertCode, bench, order } from './harness.ts';

/** What people reported of their clusters, in whole runs against a simulated one. */
describe('A cluster as people reported it', () => {
  test('A cluster whose partitions refuse while they are scaled is backed up by the next try', async () => {
    const on = await bench({ waits: shortWaits });
    const message = 'No backup is taken as long as partitions are being scaled; try later.';
    on.simulator.order({ operation: 'zeebe.start', kind: { answer: { status: 409, body: { message } } } });
    const ended = await on.run().ended;
    assertCode(ended, 0);
    const [first = 0, second = 0] = await on.backupIds();
    assert.ok(second > first, 'the next try has a new id');
    const failed = await on.ledger.readManifest('test', first);
    assert.equal(failed?.failure?.error, 'RefusedForNow');
    assert.equal(on.simulator.calls({ operation: 'zeebe.start' }).length, 2, 'no id is sent twice');
    await on.assertAllIsWell();
  });

  test('A cluster whose web applications remember a backup that has ended is not kept paused for it', async () => {
    const on = await bench();
    on.simulator.seedBackup('webApplications', 41, 'FAILED');
    const message = 'Another backup is running at the moment';
    on.simulator.order({
      operation: 'webApplications.start',
      times: 'always',
      kind: { answer: { status: 400, body: { message } } },
    });
    const ended = await on.run().ended;
    assertCode(ended, 1);
    assert.equal(ended.json().failure?.error, 'ComponentStuck');
    assert.match(ended.stderr, /What to do: Restart every replica of Web applications/);
    assert.equal(on.simulator.calls({ operation: 'webApplications.start' }).length, 2);
    assert.ok(!order(on).includes('zeebe.start'));
    await on.assertAllIsWell();
  });

  test('A cluster whose lists of backups cannot be had is backed up, and the manifest says what was not known', async () => {
    const on = await bench();
    on.simulator.order({
      operation: ['zeebe.list', 'optimize.list', 'search.list'],
      times: 'always',
      kind: { answer: { status: 504, body: { message: 'Request timed out in PT15S' } } },
    });
    assertCode(await on.run().ended, 0);
    const { warnings } = await on.manifest();
    assert.deepEqual(
      warnings.map((warning) => warning.replace(/ cannot list its backups: .*/, '')).toSorted(),
      ['Optimize', 'Zeebe', 'Zeebe records'].map(
        (title) => `A second backup could not be excluded: ${title}`,
      ),
    );
    await on.assertAllIsWell();
  });

  test('A cluster whose exporter was left disabled after a failover is backed up with a warning', async () => {
    const on = await bench();
    on.simulator.setExporterState('camundaexporter', 'DISABLED');
    const ended = await on.run().ended;
    assertCode(ended, 0);
    assert.match(
      ended.stderr,
      /Warning: Check exporters: the exporter camundaexporter is DISABLED on partitions 1, 2, 3/,
    );
    assert.equal((await on.manifest()).warnings.length, 1);
  });

  for (const { camunda, search } of [
    { camunda: '8.8', search: 'elasticsearch' },
    { camunda: '8.7', search: 'opensearch' },
  ] as const) {
    test(`A cluster whose snapshot repository was left readonly after a restore is refused before the pause (${search})`, async () => {
      const on = await bench({ camunda, components: { search } });
      const { urls, repository } = on.simulator;
      await fetch(`${urls.search}/_snapshot/${repository}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ type: 's3', settings: { bucket: 'camunda', readonly: true } }),
      });
      const ended = await on.run().ended;
      assertCode(ended, 1);
      assert.match(
        ended.stderr,
        /Check repository: The snapshot repository camunda is registered readonly at/,
      );
      assert.match(ended.stderr, /What to do: Register it again without `readonly`/);
      assert.deepEqual(order(on), []);
      await on.assertAllIsWell();
    });
  }

  test('A run with the smallest configuration of the README says what is not in its backup', async () => {
    const on = await bench();
    const { zeebe, search = '' } = on.simulator.urls;
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const smallest = /^ledger: \{ folder[\s\S]*?(?=^```)/m.exec(readme)?.[0] ?? '';
    await writeFile(
      on.configFile,
      smallest.replaceAll('http://localhost:9600', zeebe).replace('http://localhost:9200', search),
    );
    const ended = await on.run().ended;
    assertCode(ended, 0);
    const [optimize, records, ...others] = ended.json().warnings.toSorted();
    assert.match(
      optimize ?? '',
      /does not contain Optimize: `optimize` is not configured, but .* has such indices/,
    );
    assert.match(
      records ?? '',
      /does not contain Zeebe records: `records` is not configured, but .* has such indices/,
    );
    assert.deepEqual(others, []);
  });

  test('A cluster whose brokers are named by zones is backed up', async () => {
    const on = await bench();
    const partitions = [1, 2, 3].map((id) => ({ id, state: 'ACTIVE', priority: 1 }));
    const body = { version: 4, brokers: [{ id: 'eu-west_0', state: 'ACTIVE', partitions }] };
    on.simulator.order({
      operation: 'zeebe.cluster',
      times: 'always',
      kind: { answer: { status: 200, body } },
    });
    assertCode(await on.run().ended, 0);
    assert.deepEqual((await on.manifest()).warnings, []);
    await on.assertAllIsWell();
  });
});

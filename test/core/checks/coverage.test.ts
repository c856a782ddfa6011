import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { BackupError } from '../../../core/errors.ts';
import { setUp } from '../backup/prepare-world.ts';
import { yaml87, yaml88 } from '../fake-cluster.ts';
import { fakeSearch } from '../fakes.ts';

const records = ['zeebe-record_job_8.8.0_2026-11-20', 'zeebe-record_process_8.8.0_2026-11-20'];

/** The warnings of a backup of a cluster whose search engine has these indices. */
async function warningsOf(yaml: string, indices: string[], others: string[] = records) {
  const search = fakeSearch([], {
    indices: async (pattern) => (pattern.startsWith('zeebe-record') ? others : indices),
  });
  return (await setUp({ yaml, search }).prepare()).warnings;
}

const without = (yaml: string, ...settings: string[]) =>
  yaml
    .split('\n')
    .filter((line) => !settings.some((setting) => line.trim().startsWith(`${setting}:`)))
    .join('\n');

describe('What exists and is in no part of a backup', () => {
  for (const { what, yaml, indices, component } of [
    { what: 'records of 8.8', yaml: without(yaml88, 'records'), indices: records, component: 'records' },
    {
      what: 'Optimize of 8.8',
      yaml: without(yaml88, 'optimize'),
      indices: ['optimize-dashboard_v8'],
      component: 'optimize',
    },
    {
      what: 'web applications of 8.8',
      yaml: without(yaml88, 'webApplications'),
      indices: ['camunda-user-8.8.0_'],
      component: 'webApplications',
    },
    {
      what: 'Tasklist of 8.7',
      yaml: without(yaml87, 'tasklist'),
      indices: ['tasklist-task-8.5.0_', 'operate-job-8.6.0_'],
      component: 'tasklist',
    },
    { what: 'records of 8.7', yaml: without(yaml87, 'records'), indices: records, component: 'records' },
    { what: 'Optimize of 8.7', yaml: yaml87, indices: ['optimize-dashboard_v8'], component: 'optimize' },
  ] as const) {
    test(`What exists and is in no part of the backup is a warning: ${what}`, async () => {
      const warnings = await warningsOf(yaml, [...indices]);
      assert.equal(warnings.length, 1, warnings.join('\n'));
      assert.match(warnings[0] ?? '', /^Check coverage: This backup does not contain /);
      assert(
        warnings[0]?.includes(`\`${component}\` is not configured, but http://es:9200 has such indices`),
      );
    });
  }

  test('Nothing is said of the coverage where all that exists is configured', async () => {
    const ofApplications = ['operate-job-8.6.0_', 'tasklist-task-8.5.0_'];
    const of88 = [...ofApplications, 'camunda-user-8.8.0_', 'optimize-dashboard_v8'];
    assert.deepEqual(await warningsOf(yaml88, [...records, ...of88]), []);
    assert.deepEqual(await warningsOf(yaml87, [...records, ...ofApplications]), []);
  });
});

test('Indices that merely begin like the records are told: the snapshot takes them too', async () => {
  const others = ['zeebe-record-b_job_8.8.0_2026-11-20', 'zeebe-recordings'];
  assert.deepEqual(await warningsOf(yaml88, [], [...records, ...others]), [
    'zeebe-record* also matches indices that are not records of this exporter (zeebe-record-b_job_8.8.0_2026-11-20 and 1 more); they become a part of this backup, and a restore brings them back too',
  ]);
});

test('Indices that cannot be asked for are a warning, and refuse nothing', async () => {
  const search = fakeSearch([], {
    indices: async (pattern) => {
      if (pattern.startsWith('zeebe-record')) return records;
      throw new BackupError('RequestRefused', 'no permissions', { status: 403 });
    },
  });
  assert.deepEqual((await setUp({ search }).prepare()).warnings, [
    'It is not known which indices of Camunda exist at http://es:9200, and whether this backup contains all of them: no permissions',
  ]);
});

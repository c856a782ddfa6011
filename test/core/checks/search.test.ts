import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import type { SearchFacts } from '../../../core/checks/facts.ts';
import { records, repository } from '../../../core/checks/search.ts';
import type { RecordsTarget } from '../../../core/components/records/target.ts';
import { BackupError } from '../../../core/errors.ts';
import { factsOf } from './facts-world.ts';

const target: RecordsTarget = {
  kind: 'records',
  component: 'records',
  engine: 'elasticsearch',
  url: 'http://es:9200',
  repository: 'camunda',
  indexPattern: 'zeebe-record*',
};
const refused = new BackupError('RequestRefused', 'not allowed');
const unlisted = { lists: [{ target, backups: [], error: refused }] };

describe('The repository of a search engine', () => {
  for (const { what, search, cluster, found } of [
    { what: 'that takes snapshots and lists them', search: {}, cluster: {}, found: [] },
    {
      what: 'that takes snapshots and refuses to list them',
      search: {},
      cluster: unlisted,
      found: ['error records'],
    },
    {
      what: 'that takes no snapshots, and so lists none,',
      search: { verified: { unknown: refused } },
      cluster: unlisted,
      found: ['error search'],
    },
    {
      what: 'of which nobody may see the deletions',
      search: { deletions: { unknown: refused } },
      cluster: {},
      found: ['unknown search'],
    },
    {
      what: 'of which nobody may see the deletions nor the list',
      search: { deletions: { unknown: refused } },
      cluster: unlisted,
      found: ['unknown search', 'error records'],
    },
    {
      what: 'whose deletions are not known for a trouble that may pass',
      search: { deletions: { unknown: new BackupError('ServerTrouble', 'later') } },
      cluster: {},
      found: ['error search'],
    },
  ] satisfies { what: string; search: Partial<SearchFacts>; cluster: object; found: string[] }[]) {
    const told = found.length === 0 ? 'leads to no finding' : `leads to ${found.join(' and ')}`;
    test(`A repository ${what} ${told}`, () => {
      assert.deepEqual(
        repository(factsOf({ search, cluster })).map(({ severity, subject }) => `${severity} ${subject}`),
        found,
      );
    });
  }
});

describe('The records in a search engine', () => {
  for (const { what, recordIndices, found } of [
    { what: 'that nobody backs up', recordIndices: undefined, found: [] },
    { what: 'that are there', recordIndices: { known: ['zeebe-record_job_8.8.0_2026-11-20'] }, found: [] },
    { what: 'of which there are none', recordIndices: { known: [] }, found: ['error'] },
    { what: 'that cannot be seen', recordIndices: { unknown: refused }, found: ['error'] },
    { what: 'beside other indices', recordIndices: { known: ['zeebe-recordings'] }, found: ['warning'] },
  ] satisfies { what: string; recordIndices: SearchFacts['recordIndices']; found: string[] }[]) {
    test(`Records ${what} lead to ${found[0] ?? 'no finding'}`, () => {
      assert.deepEqual(
        records(factsOf({ search: { recordIndices } })).map(({ severity }) => severity),
        found,
      );
    });
  }
});

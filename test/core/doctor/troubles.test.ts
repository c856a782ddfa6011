import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { addresses } from './troubles/addresses.ts';
import { backups } from './troubles/backups.ts';
import { brokers } from './troubles/brokers.ts';
import type { Row } from './troubles/row.ts';
import { search } from './troubles/search.ts';
import { stores } from './troubles/stores.ts';
import { checkWith, troublesIn } from './world.ts';

const groups: Record<string, Row[]> = {
  'A trouble of an address': addresses,
  'A trouble of the search engine': search,
  'A trouble of the stores': stores,
  'A trouble of the brokers': brokers,
  'A trouble of the backups that there are': backups,
};

for (const [group, rows] of Object.entries(groups)) {
  describe(group, () => {
    for (const row of rows) {
      const { title, name, severity, subject, says, remedy } = row;
      test(`${title}: a check names it with its remedy`, async () => {
        const all = troublesIn(await checkWith(row));
        const found = all.filter(
          (one) => one.name === name && one.subject === subject && says.test(one.says),
        );
        assert.equal(found.length, 1, JSON.stringify(all, undefined, 2));
        assert.equal(found[0]?.severity, severity);
        assert.match(found[0]?.remedy ?? '', remedy);
      });
    }
  });
}

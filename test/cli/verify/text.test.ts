import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { verificationLines } from '../../../cli/verify/text.ts';
import type { EvidenceName } from '../../../core/config/verify.ts';
import { commands } from '../../../deployment/commands.ts';
import { written } from '../../support/written.ts';

const typed = commands({ program: 'camunda-backup' });

describe('The next command after a verification that proved not enough', () => {
  const cases: { unknown: EvidenceName[]; next: RegExp }[] = [
    { unknown: ['manifest'], next: /a backup of which everything is recorded, run: camunda-backup run / },
    { unknown: ['components', 'store'], next: /everything answers, run: camunda-backup check / },
    { unknown: ['partitions'], next: /everything answers, run: camunda-backup check / },
    {
      unknown: ['manifest', 'store'],
      next: /^When store can be looked at, run: .* verify --cluster test 7$/,
    },
    { unknown: ['snapshots'], next: /^When snapshots can be looked at, run: .* verify --cluster test 7$/ },
    { unknown: ['data'], next: /^To read the data, run: .* verify --cluster test 7 --read-data$/ },
  ];
  for (const { unknown, next } of cases) {
    test(`If ${unknown.join(' and ')} must be known and is unknown, the command helps with that`, () => {
      const lines = verificationLines(
        {
          format: 1,
          cluster: 'test',
          backupId: 7,
          verifiedAt: '2026-11-27T23:00:00.000Z',
          verdict: 'unknown',
          required: unknown,
          judgements: [
            ...unknown.map((name) => ({ name, verdict: 'unknown' as const, subject: 'x', says: 'Not seen' })),
            // It need not be known.
            { name: 'times', verdict: 'unknown', subject: 'x', says: 'Not seen' },
          ],
        },
        typed,
        written().output.stdout,
      );
      assert.match(lines.at(-1) ?? '', next);
    });
  }
});

import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { readMetrics } from '../../../core/doctor/metrics.ts';

test('Samples are read with their labels, and comments and other lines are left out', () => {
  const text = [
    '# HELP disk_free_bytes Usable space for path',
    '# TYPE disk_free_bytes gauge',
    'disk_free_bytes{application="zeebe",path="C:\\\\data\\"x",} 9.22993025024E11',
    'process_uptime_seconds 12.5',
    'with_a_timestamp{a="b"} 3 1700000000000',
    'not a sample',
    'no_number{a="b"} NaN',
    '',
  ].join('\n');
  assert.deepEqual(
    readMetrics(text).map(({ name, labels, value }) => ({ name, labels: Object.fromEntries(labels), value })),
    [
      {
        name: 'disk_free_bytes',
        labels: { application: 'zeebe', path: 'C:\\data"x' },
        value: 922_993_025_024,
      },
      { name: 'process_uptime_seconds', labels: {}, value: 12.5 },
      { name: 'with_a_timestamp', labels: { a: 'b' }, value: 3 },
    ],
  );
});

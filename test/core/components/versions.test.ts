import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { compareVersions, generationOf } from '../../../core/components/versions.ts';

for (const { version, order } of [
  { version: '8.5', order: 'APPLICATIONS_FIRST' },
  { version: '8.6.0', order: 'APPLICATIONS_FIRST' },
  { version: '8.7.37', order: 'APPLICATIONS_FIRST' },
  { version: '8.8', order: 'PAUSE_FIRST' },
  { version: '8.8.0-alpha3', order: 'PAUSE_FIRST' },
  { version: '8.9.17', order: 'PAUSE_FIRST' },
  { version: '8.10.0', order: 'PAUSE_FIRST' },
  { version: '9.0', order: 'PAUSE_FIRST' },
  { version: '8.4.12', order: undefined },
  { version: '7.22', order: undefined },
] as const) {
  test(`Camunda ${version} is backed up ${order ?? 'not at all'}`, () => {
    assert.equal(generationOf(version)?.order, order);
  });
}

test('8.8 has web applications, earlier versions have Operate and Tasklist', () => {
  assert.deepEqual(Object.keys(generationOf('8.8')?.endpoints ?? {}).sort(), [
    'optimize',
    'webApplications',
    'zeebe',
  ]);
  assert.deepEqual(Object.keys(generationOf('8.7')?.endpoints ?? {}).sort(), [
    'operate',
    'optimize',
    'tasklist',
    'zeebe',
  ]);
});

test('Versions are compared as numbers, not as text', () => {
  assert(compareVersions('8.10', '8.9') > 0);
  assert(compareVersions('8.9', '10.0') < 0);
  assert.equal(compareVersions('8.8.1', '8.8.20'), 0);
});

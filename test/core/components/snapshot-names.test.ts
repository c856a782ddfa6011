import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { readSnapshotName } from '../../../core/components/snapshot-names.ts';

const form = 'part_3_of_6';

for (const { name, found } of [
  {
    name: `camunda_webapps_1748937221_8.8.0_${form}`,
    found: { component: 'webApplications', backupId: 1748937221, version: '8.8.0' },
  },
  { name: `camunda_operate_7_8.7.2_${form}`, found: { component: 'operate', backupId: 7, version: '8.7.2' } },
  {
    name: `camunda_tasklist_7_8.8.0-snapshot_${form}`,
    found: { component: 'tasklist', backupId: 7, version: '8.8.0-snapshot' },
  },
  {
    name: `camunda_optimize_20261127224011001_8.7.1_${form}`,
    found: { component: 'optimize', backupId: 20261127224011001n, version: '8.7.1' },
  },
  {
    name: `tenant-a_camunda_webapps_7_8.10.0_${form}`,
    found: { component: 'webApplications', backupId: 7, version: '8.10.0', prefix: 'tenant-a_' },
  },
]) {
  test(`The snapshot ${name} is known by its name`, () => {
    assert.deepEqual(readSnapshotName(name), { name, part: { number: 3, of: 6 }, prefix: '', ...found });
  });
}

test('The snapshot of the records is known by its name, and has one part and no version', () => {
  for (const prefix of ['', 'tenant-a_']) {
    const name = `${prefix}camunda_zeebe_records_backup_7`;
    const part = { number: 1, of: 1 };
    assert.deepEqual(readSnapshotName(name), { name, component: 'records', backupId: 7, part, prefix });
  }
});

test('A snapshot whose name is another one does not belong to a backup of Camunda', () => {
  for (const name of [
    'nightly-2026.11.27',
    'camunda_dated_7',
    'camunda_webapps_7_8.8.0_part_1',
    'camunda_webapps_7_8.8.0_part_1_of_5000000000',
    'camunda_webapps_seven_8.8.0_part_1_of_6',
    'camunda_zeebe_records_backup_7_old',
    'camunda_zeebe_records_backup_99999999999999999999',
  ]) {
    assert.equal(readSnapshotName(name), undefined, name);
  }
});

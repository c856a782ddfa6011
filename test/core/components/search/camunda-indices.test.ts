import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import {
  briefly,
  camundaIndices,
  isRecordIndex,
} from '../../../../core/components/search/camunda-indices.ts';

describe('An index of Camunda', () => {
  for (const { family, names } of [
    {
      family: 'records',
      names: ['zeebe-record_process-instance_8.6.0_2026-11-21', 'custom_job_8.10.0-alpha1_2026-11-21_13'],
    },
    {
      family: 'operate',
      names: [
        'operate-list-view-8.3.0_',
        'operate-list-view-8.3.0_2026-01-01',
        'my-prefix-operate-job-8.6.0_',
      ],
    },
    { family: 'tasklist', names: ['tasklist-task-8.5.0_', 'prefix-tasklist-form-8.4.0_'] },
    { family: 'camunda', names: ['camunda-user-8.8.0_', 'prefix-camunda-role-8.8.0_'] },
    {
      family: 'optimize',
      names: ['optimize-process-definition_v6', 'custom-optimize-import-index_v3-000001'],
    },
  ]) {
    test(`Indices of ${family} are known by their names`, () =>
      assert.deepEqual([...camundaIndices(names).keys()], [family]));
  }

  test('Other indices are none of Camunda', () => {
    const names = [
      'camunda-logs-2026.11.21',
      'operate-notes',
      '.tasks',
      'app_job_queue',
      'my_zeebe_job_8.8.0_x',
    ];
    assert.deepEqual([...camundaIndices(names)], []);
  });
});

describe('An index of the exporter with the prefix zeebe-record', () => {
  for (const { name, expected } of [
    { name: 'zeebe-record_job_8.8.0_2026-11-20', expected: true },
    { name: 'zeebe-record_process-instance-creation_8.6.0-snapshot_2026-11-20_13', expected: true },
    { name: 'zeebe-recordings', expected: false },
    { name: 'zeebe-record-b_job_8.8.0_2026-11-20', expected: false },
    { name: 'zeebe-record_notes', expected: false },
  ] as const) {
    test(`The index ${name} ${expected ? 'is' : 'is not'} one of the exporter with the prefix zeebe-record`, () => {
      assert.equal(isRecordIndex(name, 'zeebe-record'), expected);
    });
  }
});

test('One name is told whole, of several the first and how many more', () => {
  assert.equal(briefly(['a']), 'a');
  assert.equal(briefly(['a', 'b', 'c']), 'a and 2 more');
});

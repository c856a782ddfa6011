import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { aliasOf, layouts, partPatterns } from '../../../simulator/applications/layout.ts';
import { recordAlias, recordTemplate, recordWrite } from '../../../simulator/applications/records.ts';

describe('the names of indices', () => {
  it.each([
    { index: 'operate-list-view-8.3.0_', alias: 'operate-list-view-8.3.0_alias' },
    { index: 'acme-operate-list-view-8.3.0_2026-01-01', alias: 'acme-operate-list-view-8.3.0_alias' },
    { index: 'optimize-process-instance-order_v8', alias: 'optimize-process-instance-order' },
  ])('$index is read as $alias', ({ index, alias }) => {
    assert.equal(aliasOf(index), alias);
  });

  it('of records have the value type, the version and the day of the record', () => {
    assert.equal(recordAlias('acme', 'PROCESS_INSTANCE'), 'acme-zeebe-record-process-instance');
    assert.equal(recordTemplate('', 'PROCESS_INSTANCE', '8.6.0'), 'zeebe-record_process-instance_8.6.0');
    const { index, id } = recordWrite(
      {
        partition: 3,
        position: 42,
        key: '1',
        timestamp: Date.parse('2026-11-27T23:59:59Z'),
        valueType: 'JOB',
        intent: 'CREATED',
        value: {},
      },
      '',
      '8.6.0',
    );
    assert.deepEqual([index, id], ['zeebe-record_job_8.6.0_2026-11-27', '3-42']);
  });

  it('of a part without indices are those of the dated copies of the part before it', () => {
    const [, , dated] = partPatterns(layouts.tasklist.parts, '');
    assert.deepEqual(dated, [
      'tasklist-process-instance-8.3.0_*',
      '-tasklist-process-instance-8.3.0_',
      'tasklist-task-8.5.0_*',
      '-tasklist-task-8.5.0_',
    ]);
  });

  it('of what an application writes are all in its parts', () => {
    for (const { parts, instances, jobs, variables, templates, importPosition } of Object.values(layouts)) {
      const written = [instances, ...jobs, ...variables, ...templates, importPosition ?? instances];
      for (const index of written) assert.ok(parts.flat().includes(index), index);
    }
  });
});

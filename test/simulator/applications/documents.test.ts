import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { documentsOf } from '../../../simulator/applications/documents.ts';
import { layouts } from '../../../simulator/applications/layout.ts';
import type { ExportedRecord } from '../../../simulator/applications/records.ts';

const record: ExportedRecord = {
  partition: 2,
  position: 17,
  key: '4503599627370497',
  timestamp: Date.parse('2026-11-27T23:59:59Z'),
  valueType: 'PROCESS_INSTANCE',
  intent: 'ELEMENT_ACTIVATED',
  value: { processInstanceKey: '4503599627370497', order: 'order-1' },
};

describe('the documents that an application makes of a record', () => {
  it('have the key of the process instance as their id, so that a record which comes again doubles nothing', () => {
    const started = documentsOf(layouts.operate, '', record);
    const ended = documentsOf(layouts.operate, '', { ...record, position: 18, intent: 'ELEMENT_COMPLETED' });
    assert.deepEqual(
      [...started, ...ended].map(({ index, id }) => `${index} ${id}`),
      Array(2).fill('operate-list-view-8.3.0_ 4503599627370497'),
    );
  });

  it.each([
    { intent: 'ELEMENT_ACTIVATED', state: 'ACTIVE' },
    { intent: 'ELEMENT_COMPLETED', state: 'COMPLETED' },
    { intent: 'ELEMENT_TERMINATED', state: 'CANCELED' },
  ])('show $intent as $state', ({ intent, state }) => {
    const [document] = documentsOf(layouts.operate, '', { ...record, intent });
    assert.ok(document && 'upsert' in document);
    assert.equal(document.upsert['state'], state);
    assert.equal(document.upsert['order'], 'order-1');
  });

  it('show no flow node as a process instance', () => {
    const value = { ...record.value, bpmnElementType: 'SERVICE_TASK' };
    assert.deepEqual(documentsOf(layouts.operate, '', { ...record, value }), []);
  });

  it('stand in two indices if both Operate and Tasklist of 8.8 show a job', () => {
    const job: ExportedRecord = { ...record, valueType: 'JOB', intent: 'CREATED' };
    assert.deepEqual(
      documentsOf(layouts.webApplications, 'acme', job).map(({ index }) => index),
      ['acme-operate-job-8.6.0_', 'acme-tasklist-task-8.8.0_'],
    );
  });
});

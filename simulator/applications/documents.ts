import type { Write } from './engine-client.ts';
import { type ApplicationLayout, prefixed } from './layout.ts';
import type { ExportedRecord } from './records.ts';

/** What the applications call the states of process instances, by the intents of their records. */
const instanceStates: Record<string, string> = {
  ELEMENT_ACTIVATING: 'ACTIVE',
  ELEMENT_ACTIVATED: 'ACTIVE',
  ELEMENT_COMPLETED: 'COMPLETED',
  ELEMENT_TERMINATED: 'CANCELED',
};

/**
 * The documents that an application makes of a record. Each is an upsert by the key of what it describes, so that a record
 * which comes again changes nothing.
 */
export function documentsOf(layout: ApplicationLayout, prefix: string, record: ExportedRecord): Write[] {
  const { partition, position, key, timestamp, valueType, intent, value } = record;
  const into = (index: string, id: string, fields: Record<string, unknown>): Write => ({
    index: prefixed(prefix, index),
    id,
    upsert: { key, partitionId: partition, position, ...fields },
  });
  const { processInstanceKey, order } = value;
  if (valueType === 'PROCESS_INSTANCE') {
    const state = instanceStates[intent];
    const isFlowNode = value['bpmnElementType'] !== undefined && value['bpmnElementType'] !== 'PROCESS';
    if (state === undefined || isFlowNode) return [];
    const time = state === 'ACTIVE' ? { startDate: timestamp } : { endDate: timestamp };
    return [into(layout.instances, key, { processInstanceKey, order, state, ...time })];
  }
  if (valueType === 'JOB') {
    const fields = {
      processInstanceKey,
      order,
      state: intent,
      type: value['type'],
      elementId: value['elementId'],
    };
    return layout.jobs.map((index) => into(index, key, fields));
  }
  const { name } = value;
  const id = `${String(value['scopeKey'] ?? processInstanceKey)}-${String(name)}`;
  const fields = { processInstanceKey, order, name, value: value['value'] };
  return layout.variables.map((index) => into(index, id, fields));
}

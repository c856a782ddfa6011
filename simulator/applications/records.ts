import * as z from 'zod';
import type { LogRecord } from '../zeebe/exporter.ts';
import type { Write } from './engine-client.ts';
import { prefixed } from './layout.ts';

/** What is exported. The real exporters leave the other value types of the simulated log out, too. */
export const valueTypes = ['PROCESS_INSTANCE', 'JOB', 'VARIABLE'] as const;

export type ValueType = (typeof valueTypes)[number];

/** A record of a partition's log as it stands in an index. */
export interface ExportedRecord {
  partition: number;
  position: number;
  key: string;
  timestamp: number;
  valueType: ValueType;
  intent: string;
  value: Record<string, unknown>;
}

export function exportedRecords(records: LogRecord[]): ExportedRecord[] {
  return records.flatMap((record) => {
    const valueType = valueTypes.find((one) => one === record.valueType);
    return valueType === undefined ? [] : [{ ...record, valueType }];
  });
}

/** The value type as it stands in the names of indices: `process-instance`. */
export const typeInNames = (valueType: ValueType): string => valueType.toLowerCase().replaceAll('_', '-');

/** The alias over all record indices of a value type, which the importers read: `zeebe-record-process-instance`. */
export const recordAlias = (prefix: string, valueType: ValueType): string =>
  prefixed(prefix, `zeebe-record-${typeInNames(valueType)}`);

/** The name of the index template, and the beginning of the indices' names: `zeebe-record_process-instance_8.6.0`. */
export const recordTemplate = (prefix: string, valueType: ValueType, version: string): string =>
  prefixed(prefix, `zeebe-record_${typeInNames(valueType)}_${version}`);

const recordDocument = z.object({
  partitionId: z.number(),
  position: z.number(),
  key: z.string(),
  timestamp: z.number(),
  valueType: z.enum(valueTypes),
  intent: z.string(),
  recordType: z.literal('EVENT'),
  brokerVersion: z.string(),
  value: z.record(z.string(), z.unknown()),
});

/** A record as the exporter writes it, with the id `{partition}-{position}` and into the index of its day. */
export function recordWrite(record: ExportedRecord, prefix: string, version: string): Write {
  const { partition, position, key, timestamp, valueType, intent, value } = record;
  const day = new Date(timestamp).toISOString().slice(0, 10);
  const document: z.infer<typeof recordDocument> = {
    partitionId: partition,
    position,
    key,
    timestamp,
    valueType,
    intent,
    recordType: 'EVENT',
    brokerVersion: version,
    value,
  };
  return {
    index: `${recordTemplate(prefix, valueType, version)}_${day}`,
    id: `${partition}-${position}`,
    routing: String(partition),
    replace: document,
  };
}

/** Reads a record that the exporter has written. */
export function readRecord(source: unknown): ExportedRecord {
  const { partitionId, position, key, timestamp, valueType, intent, value } = recordDocument.parse(source);
  return { partition: partitionId, position, key, timestamp, valueType, intent, value };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { VirtualTime } from '../../../simulator/virtual-time.ts';
import type { LogRecord } from '../../../simulator/zeebe/exporter.ts';
import { type Broker, type BrokerOptions, openBroker } from '../../../simulator/zeebe/index.ts';

const START = Date.parse('2026-11-21T06:00:00.000Z');

/** The rest of what a test has to clean up. */
const folders: string[] = [];
const open: Broker[] = [];

afterEach(async () => {
  for (const broker of open.splice(0)) await broker.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'zeebe-'));
  folders.push(folder);
  return folder;
}

/** An exporter that keeps what it exports, and rejects while `isDown`. */
export class Kept {
  readonly id: string;
  readonly records: LogRecord[] = [];
  isDown = false;

  constructor(id = 'kept') {
    this.id = id;
  }

  export = async (records: LogRecord[]): Promise<void> => {
    if (this.isDown) throw new Error('down');
    this.records.push(...records);
  };

  positions(partition = 1): number[] {
    return this.records.filter((record) => record.partition === partition).map(({ position }) => position);
  }
}

/** Opens a broker with one partition on 8.8 with a folder as its store, which the test need not close. */
export async function start(options: Partial<BrokerOptions> & { data: string }): Promise<Broker> {
  const broker = await openBroker({
    camunda: '8.8',
    partitions: 1,
    store: join(options.data, '..', `store-of-${options.data.split('/').at(-1)}`),
    exporters: [],
    clock: new VirtualTime(START),
    ...options,
    pacing: { snapshotEveryMs: Number.POSITIVE_INFINITY, ...options.pacing },
  });
  open.push(broker);
  return broker;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import type { ObjectStore } from '../../../simulator/store/store.ts';
import { VirtualTime } from '../../../simulator/virtual-time.ts';
import type { LogRecord } from '../../../simulator/zeebe/exporter.ts';
import { type Broker, type BrokerOptions, openBroker } from '../../../simulator/zeebe/index.ts';

export const START = Date.parse('2026-11-21T06:00:00.000Z');

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

/** Opens a broker with one partition of 8.8, which takes snapshots only when it is told to. It is closed after the test. */
export async function start(options: Partial<BrokerOptions> = {}): Promise<Broker> {
  const broker = await openBroker({
    data: options.data ?? newFolder(),
    camunda: '8.8',
    partitions: 1,
    store: memoryStore(),
    exporters: [],
    clock: new VirtualTime(START),
    ...options,
    pacing: { snapshotEveryMs: Number.POSITIVE_INFINITY, ...options.pacing },
  });
  open.push(broker);
  return broker;
}

/** An exporter that keeps what it exports, and rejects while `isDown`. */
export class Kept {
  readonly id: string;
  readonly records: LogRecord[] = [];
  isDown = false;
  rejected = 0;

  constructor(id = 'kept') {
    this.id = id;
  }

  export = async (records: LogRecord[]): Promise<void> => {
    if (this.isDown) {
      this.rejected += 1;
      throw new Error('down');
    }
    this.records.push(...records);
  };

  /** The positions of what it got of a partition, in order. */
  positions(partition = 1): number[] {
    return this.records.filter((record) => record.partition === partition).map(({ position }) => position);
  }
}

export interface MemoryStore extends ObjectStore {
  objects: Map<string, string>;
  /** Is called with the key before each write, which it may hold up or make fail. */
  beforePut: (key: string) => void | Promise<void>;
  isDown: boolean;
}

/** A store in memory, which is used like S3 unless its kind is `folder`. */
export function memoryStore(kind: ObjectStore['kind'] = 's3'): MemoryStore {
  const store: MemoryStore = {
    kind,
    objects: new Map(),
    isDown: false,
    beforePut: () => undefined,
    async put(key, content) {
      reach();
      await store.beforePut(key);
      store.objects.set(key, Buffer.from(content).toString());
    },
    async get(key) {
      reach();
      const content = store.objects.get(key);
      return content === undefined ? undefined : Buffer.from(content);
    },
    async list(prefix) {
      reach();
      return [...store.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    },
    async delete(key) {
      reach();
      store.objects.delete(key);
    },
  };
  function reach(): void {
    const refused = { code: 'ECONNREFUSED', address: '127.0.0.1', port: 5566 };
    if (store.isDown) throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5566'), refused);
  }
  return store;
}

/** A store's manifest or another JSON object. */
export const jsonOf = (store: MemoryStore, key: string): unknown =>
  JSON.parse(store.objects.get(key) ?? 'null');

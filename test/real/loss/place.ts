import { startRealSearchEngine, startRealStore } from '../servers/index.ts';
import type { Place } from './cluster.ts';
import type { Line } from './orders.ts';

/** The search engine of each line. */
const engines = { '8.7': '2.19.1', '8.8': '3.8.0' } as const;

export interface OpenPlace extends Place {
  close(): Promise<void>;
}

/**
 * Starts the servers that the cases of a line share. Up to 8.7, Zeebe's backup store is in S3; from 8.8 on it may be a
 * folder, which is one here. The keys of the store go into this process's environment, where the broker looks for them.
 */
export async function openPlace(line: Line): Promise<OpenPlace> {
  const [engine, store] = await Promise.all([
    startRealSearchEngine({ version: engines[line] }),
    line === '8.7' ? startRealStore() : undefined,
  ]);
  Object.assign(process.env, store?.environment);
  return {
    line,
    engine,
    storeOf: (name) =>
      store
        ? `s3://${store.bucket}/${name}?endpoint=${encodeURIComponent(store.endpoint)}&region=${store.region}`
        : `${engine.runFolder}/store/${name}`,
    close: async () => {
      await Promise.all([engine.close(), store?.close()]);
    },
  };
}

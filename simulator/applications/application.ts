import type { PartBackups } from '../camunda/part-backups.ts';
import { realClock, type SimulatorClock } from '../clock.ts';
import type { SearchEngine } from '../options.ts';
import { EngineClient, type SearchAddress } from './engine-client.ts';
import { Importer } from './importer.ts';
import { type ApplicationName, layouts } from './layout.ts';
import { createApplicationSchema } from './schema.ts';
import { SnapshotPartBackups } from './snapshot-part-backups.ts';

/** How fast an application works. */
interface Pacing {
  /** The time between two batches of the importer. Default 100 ms. */
  importIntervalMs?: number;
  /** How many records of each value type a batch has at most. Default 500. */
  importBatch?: number;
  /** The least time from the start of a part to the start of the next one. Default 0. */
  partIntervalMs?: number;
}

export interface ApplicationOptions {
  name: ApplicationName;
  search: SearchAddress;
  repository: string;
  /** Camunda's version, which stands in the names of indices and snapshots: `8.6.0`. */
  version: string;
  /** Default `opensearch`, on which Optimize takes its parts at once. */
  engine?: SearchEngine;
  /** The prefix of all indices, without the hyphen that follows. Default none. */
  prefix?: string;
  /** Default 0. */
  replicas?: number;
  pacing?: Pacing;
  clock?: SimulatorClock;
  /** Gets what the application would write to its own log. */
  log?: (line: string) => void;
}

export interface Application {
  backups: PartBackups;
  /** Resolves when all indices are there. While the engine is down, the application tries again and again. */
  ready: Promise<void>;
  /** Ends as a process that is killed: what runs in the engine goes on there, and no later part is taken. */
  close(): Promise<void>;
}

const RETRY_MS = 500;

/** Starts an application, whose data and backups are in a search engine. */
export function startApplication(options: ApplicationOptions): Application {
  const { name, version, repository, prefix = '', replicas = 0, pacing = {} } = options;
  const { clock = realClock, log = () => {} } = options;
  const layout = layouts[name];
  const engine = new EngineClient(options.search);
  const closing = new AbortController();
  const backups = new SnapshotPartBackups(engine, layout, {
    repository,
    version,
    prefix,
    partIntervalMs: pacing.partIntervalMs ?? 0,
    concurrent: name === 'optimize' && options.engine !== 'elasticsearch',
    clock,
    log: (line) => log(`${name}: ${line}`),
  });
  const importer =
    layout.importPosition === undefined
      ? undefined
      : new Importer(engine, layout, layout.importPosition, { prefix, batch: pacing.importBatch ?? 500 });

  /** Does something until it succeeds. Returns false if the application was closed before. */
  async function succeed(work: () => Promise<void>): Promise<boolean> {
    while (!closing.signal.aborted) {
      try {
        await work();
        return true;
      } catch (error) {
        if (!closing.signal.aborted) log(`${name}: ${String(error)}`);
        await clock.sleep(RETRY_MS, closing.signal);
      }
    }
    return false;
  }

  const schema = succeed(() => createApplicationSchema(engine, layout, prefix, replicas));

  async function run(): Promise<void> {
    if (!(await schema) || importer === undefined) return;
    while (await succeed(() => importer.importBatch())) {
      await clock.sleep(pacing.importIntervalMs ?? 100, closing.signal);
    }
  }
  const running = run();

  return {
    backups,
    ready: schema.then(() => undefined),
    async close() {
      closing.abort();
      await backups.close();
      await running;
    },
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { type ApplicationName, applicationInstances } from '../../../simulator/applications/index.ts';
import type { RealPartsOptions } from '../../../simulator/real/options.ts';
import { type RealParts, startOnRealParts } from '../../../simulator/real/start.ts';
import { restoreBroker } from '../../../simulator/zeebe/index.ts';
import type { RealSearchEngine } from '../servers/index.ts';
import { ask, until } from './calls.ts';
import type { Known, Shown } from './judge.ts';
import type { Numbers } from './numbers.ts';
import type { Line } from './orders.ts';

/** The applications of each line that show process instances. */
const applications: Record<Line, ApplicationName[]> = {
  '8.7': ['operate', 'tasklist', 'optimize'],
  '8.8': ['webApplications', 'optimize'],
};

export interface Place {
  line: Line;
  engine: Pick<RealSearchEngine, 'urls' | 'definition'>;
  /** Gives each case its own part of Zeebe's backup store. A case removes nothing there. */
  storeOf: (name: string) => string;
}

/**
 * The cluster of one case, which shares its search engine with other cases: its indices have a prefix of their own, and
 * its snapshots a repository of their own.
 */
export class CaseCluster {
  readonly line: Line;
  readonly name: string;
  readonly search: string;
  readonly applications: ApplicationName[];
  readonly #options: RealPartsOptions;
  #parts: RealParts | undefined;

  private constructor(name: string, options: RealPartsOptions, line: Line) {
    this.name = name;
    this.line = line;
    this.search = options.searchUrl;
    this.applications = applications[line];
    this.#options = options;
  }

  static async open(
    { line, engine, storeOf }: Place,
    name: string,
    { partitions, broker, applications: ofApplications }: Numbers,
    optimizeParts: 'concurrent' | 'sequential',
  ): Promise<CaseCluster> {
    const options: RealPartsOptions = {
      camunda: line,
      partitions,
      searchUrl: engine.urls.search,
      store: storeOf(name),
      data: await mkdtemp(join(tmpdir(), 'camunda-backup-loss-')),
      repository: name,
      indexPrefix: name,
      pacing: {
        broker,
        applications: ofApplications,
        ...(optimizeParts === 'sequential' && { optimizeParts }),
      },
    };
    const cluster = new CaseCluster(name, options, line);
    const { type, settings } = engine.definition;
    const below = Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [key, isPath(key) ? `${value}/${name}` : value]),
    );
    await cluster.ask('PUT', `_snapshot/${name}`, z.unknown(), { type, settings: below });
    return cluster;
  }

  /** The address of a process. Throws if the cluster does not run, or its line has no such process. */
  url(name: keyof RealParts['urls']): string {
    const url = this.#parts?.urls[name];
    if (url === undefined) throw new Error(`${this.name} does not run, or has no ${name}`);
    return url;
  }

  async start(): Promise<void> {
    this.#parts = await startOnRealParts(this.#options);
  }

  /** Ends all processes and deletes what they had: the broker's data, and all indices and templates. */
  async destroy(): Promise<void> {
    await this.#stop();
    await rm(this.#options.data, { recursive: true, force: true });
    await until('no snapshot of a dead application runs any more', async () => {
      const { snapshots } = await this.ask('GET', `_snapshot/${this.name}/_current`, running);
      return snapshots.length === 0;
    });
    await this.ask('DELETE', `${this.name}-*?expand_wildcards=all`, z.unknown());
    await this.ask('DELETE', `_index_template/${this.name}-*`, z.unknown());
    await this.ask('DELETE', `_component_template/${this.name}-*`, z.unknown());
  }

  /** Fills a new data directory from Zeebe's backup. */
  restoreZeebe(backupId: number): Promise<void> {
    const { data, camunda, partitions = 1, store } = this.#options;
    return restoreBroker({ data: join(data, 'zeebe'), camunda, partitions, store, backupId });
  }

  /** What the engine itself knows. */
  async known(): Promise<Known[]> {
    return z.array(known).parse(await (await fetch(`${this.url('rest')}/simulator/instances`)).json());
  }

  shown(application: ApplicationName): Promise<Shown[]> {
    return applicationInstances({ url: this.search }, application, this.name);
  }

  /** Whether every partition has acknowledged some records, so that a restored exporter does not begin anew. */
  async hasExported(): Promise<boolean> {
    const all = await ask(`${this.url('zeebe')}/actuator/partitions`, 'GET', partitions);
    return Object.values(all).every(({ exportedPosition }) => exportedPosition >= SOME);
  }

  ask<T>(method: string, path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
    return ask(`${this.search}/${path}`, method, schema, body);
  }

  async close(): Promise<void> {
    await this.destroy();
    await this.ask('DELETE', `_snapshot/${this.name}`, z.unknown());
  }

  async #stop(): Promise<void> {
    await this.#parts?.close();
    this.#parts = undefined;
  }
}

const known = z.object({ key: z.string(), order: z.string(), state: z.enum(['ACTIVE', 'COMPLETED']) });

const partitions = z.record(z.string(), z.object({ exportedPosition: z.number() }));
const SOME = 10;

const running = z.object({ snapshots: z.array(z.unknown()) });

const isPath = (setting: string): boolean => setting === 'location' || setting === 'base_path';

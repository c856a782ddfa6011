import type { ApplicationOptions } from '../applications/index.ts';
import { Mistake } from '../mistake.ts';
import type { CamundaMinor, DurationName } from '../options.ts';
import type { BrokerOptions } from '../zeebe/index.ts';
import { type ProcessName, processesOf } from './processes.ts';

export interface RealPartsOptions {
  /** The reported full version is this one with `.0` appended. */
  camunda: CamundaMinor;
  /** Default 3. One broker has them all. */
  partitions?: number;
  /** The address of the search engine, without credentials. */
  searchUrl: string;
  /** Zeebe's backup store: `s3://BUCKET/PATH?endpoint=URL&region=NAME` or, from 8.8 on, a folder. */
  store: string;
  /** The folder of what outlives a restart: Zeebe's logs, and the ports of all processes. */
  data: string;
  /** The snapshot repository of the applications. Default `camunda`. */
  repository?: string;
  /** The prefix of the applications' indices. Default none. */
  indexPrefix?: string;
  /** Seconds from the accepted request to the completed backup. */
  durations?: Partial<Record<DurationName, number>>;
  /** How fast the processes work. What is missing follows from the durations, or is as in a cluster of its own. */
  pacing?: PartsPacing;
  /** The processes of the cluster that run here. Default all. */
  only?: readonly ProcessName[];
  /** Gets what the processes would write to their own logs. */
  log?: (line: string) => void;
}

interface PartsPacing {
  broker?: NonNullable<BrokerOptions['pacing']>;
  applications?: NonNullable<ApplicationOptions['pacing']>;
  /** Lets Optimize take its two parts one after another, as on Elasticsearch, also on OpenSearch. */
  optimizeParts?: 'sequential';
}

/** The versions before the backup store in a folder. */
const versionsWithoutFolder: readonly CamundaMinor[] = ['8.5', '8.6', '8.7'];

/** Fills in the defaults. Throws a `Mistake` if the options do not fit together. */
export function settleReal(options: RealPartsOptions): Required<RealPartsOptions> {
  const { camunda, searchUrl, store } = options;
  const known = processesOf(camunda);
  const only = options.only ?? known;
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Mistake(`--only: Camunda ${camunda} has no process ${unknown}, but ${known.join(', ')}`);
  }
  if (!/^https?:$/.test(URL.parse(searchUrl)?.protocol ?? '')) {
    throw new Mistake(`--search-url: ${searchUrl} is no URL that begins with http:// or https://`);
  }
  const scheme = /^([a-z0-9]+):\/\//i.exec(store)?.[1];
  if (scheme === undefined) {
    if (versionsWithoutFolder.includes(camunda)) {
      throw new Mistake(
        `--store: Camunda ${camunda} has no backup store in a folder: it came with 8.8. Use s3://BUCKET/PATH`,
      );
    }
  } else if (scheme !== 's3' || URL.parse(store)?.hostname === '') {
    throw new Mistake(`--store: ${store} is neither s3://BUCKET/PATH nor a folder`);
  }
  return {
    ...options,
    partitions: options.partitions ?? 3,
    repository: options.repository ?? 'camunda',
    indexPrefix: options.indexPrefix ?? '',
    durations: options.durations ?? {},
    pacing: options.pacing ?? {},
    only,
    log: options.log ?? (() => {}),
  };
}

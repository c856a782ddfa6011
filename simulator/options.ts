import { realClock, type SimulatorClock } from './clock.ts';

export type CamundaMinor = '8.5' | '8.6' | '8.7' | '8.8' | '8.9';
export type SearchEngine = 'elasticsearch' | 'opensearch';
export type DurationName =
  | 'operate'
  | 'tasklist'
  | 'webApplications'
  | 'optimize'
  | 'records'
  | 'zeebe'
  | 'restore';

/** The disk of a broker as Spring Boot measures it: that of the working directory, unless another one is configured. */
export interface Disk {
  path: string;
  free: number;
  total: number;
}

export interface SimulatorOptions {
  /** The reported full version is this one with `.0` appended. */
  camunda: CamundaMinor;
  /** Default 3. */
  partitions?: number;
  /** Default 1. Every broker has a replica of every partition, so the replication factor is the number of brokers. */
  brokers?: number;
  /** The default is Elasticsearch, Optimize, and webApplications (8.8 and later) or operate and tasklist (before). */
  components?: {
    operate?: boolean;
    tasklist?: boolean;
    webApplications?: boolean;
    optimize?: boolean;
    search?: SearchEngine | false;
  };
  /** Seconds from the accepted request to the completed backup, or to the end of the restore of a snapshot. */
  durations?: Partial<Record<DurationName, number>>;
  clock?: SimulatorClock;
  /** The registered snapshot repository, which every web application uses. */
  repository?: string;
  recordsIndices?: string[];
  /** `management.server.base-path` of every component but Optimize, which has none. */
  basePath?: string;
  searchAuth?: { username: string; password: string } | { apiKey: string };
  managementAuth?: { username: string; password: string };
  /** What the brokers show of their backup store: `s3://BUCKET/PATH` or a folder. The default is `s3://zeebe-backups`. */
  store?: string;
  /** If false, Zeebe has no backup store and answers every call to its backups with 400. */
  storeConfigured?: boolean;
  /** If true, the application's port has `GET /v2/exporting`, as from 8.10 on. */
  restExporting?: boolean;
  /**
   * In 8.8 and later `orchestration` (the default) is one process with backupRuntime and backupHistory. In `standalone`
   * Zeebe and the web applications are separate processes, each with `/actuator/backups`. Before 8.8 the default is
   * `standalone`, and `orchestration` is the unified process, whose timestamps look different.
   */
  profile?: 'orchestration' | 'standalone';
  /**
   * What a broker shows at `/actuator/configprops`, by the prefix of the properties, in place of the default for that
   * prefix.
   */
  properties?: (broker: number) => Record<string, unknown>;
  /** What a broker's metrics show of its disk; undefined if they show nothing. */
  disk?: (broker: number) => Disk | undefined;
  /** If true, `/actuator/info` shows the version. In the recordings of 8.6.0 it does not. */
  showsVersion?: boolean;
  /** If true, a call that needs a dead broker takes the recorded time on the clock: 8.6 s at first, and 15 s later. */
  deadBrokersAreSlow?: boolean;
}

export interface Settings {
  camunda: CamundaMinor;
  version: string;
  /** Whether the cluster is 8.8 or later with backupRuntime and backupHistory. */
  orchestrationCluster: boolean;
  partitions: number;
  brokers: number;
  operate: boolean;
  tasklist: boolean;
  webApplications: boolean;
  optimize: boolean;
  search: SearchEngine | false;
  durationsMs: Record<DurationName, number>;
  clock: SimulatorClock;
  repository: string;
  recordsIndices: string[];
  basePath: string;
  searchAuth: SimulatorOptions['searchAuth'];
  managementAuth: SimulatorOptions['managementAuth'];
  store: string;
  storeConfigured: boolean;
  restExporting: boolean;
  profile: 'orchestration' | 'standalone';
  properties: (broker: number) => Record<string, unknown>;
  disk: (broker: number) => Disk | undefined;
  showsVersion: boolean;
  deadBrokersAreSlow: boolean;
}

const GIB = 2 ** 30;

const DEFAULT_SECONDS: Record<DurationName, number> = {
  operate: 1.8,
  tasklist: 1.5,
  webApplications: 1.8,
  optimize: 1,
  records: 1,
  zeebe: 1.5,
  restore: 1,
};

export function settle(options: SimulatorOptions): Settings {
  const clock = options.clock ?? realClock;
  const version = `${options.camunda}.0`;
  const modern = options.camunda === '8.8' || options.camunda === '8.9';
  const components = options.components ?? {};
  const search = components.search ?? 'elasticsearch';
  const hasSearch = search !== false;
  if (modern && (components.operate || components.tasklist)) {
    throw new Error(`Camunda ${options.camunda} backs up Operate and Tasklist as webApplications`);
  }
  if (!modern && components.webApplications) {
    throw new Error(`Camunda ${options.camunda} has no webApplications: order operate and tasklist`);
  }
  return {
    camunda: options.camunda,
    version,
    orchestrationCluster: modern,
    partitions: options.partitions ?? 3,
    brokers: options.brokers ?? 1,
    operate: components.operate ?? (!modern && hasSearch),
    tasklist: components.tasklist ?? (!modern && hasSearch),
    webApplications: components.webApplications ?? (modern && hasSearch),
    optimize: components.optimize ?? hasSearch,
    search,
    durationsMs: durations(options.durations ?? {}),
    clock,
    repository: options.repository ?? 'camunda',
    recordsIndices: options.recordsIndices ?? defaultRecordsIndices(version, clock.now()),
    basePath: (options.basePath ?? '').replace(/\/+$/, ''),
    searchAuth: options.searchAuth,
    managementAuth: options.managementAuth,
    store: options.store ?? 's3://zeebe-backups',
    storeConfigured: options.storeConfigured ?? true,
    restExporting: options.restExporting ?? false,
    profile: options.profile ?? (modern ? 'orchestration' : 'standalone'),
    properties: options.properties ?? (() => ({})),
    disk: options.disk ?? (() => ({ path: '/usr/local/zeebe/data', free: 60 * GIB, total: 100 * GIB })),
    showsVersion: options.showsVersion ?? false,
    deadBrokersAreSlow: options.deadBrokersAreSlow ?? false,
  };
}

function durations(given: Partial<Record<DurationName, number>>): Record<DurationName, number> {
  const ms = (name: DurationName) => (given[name] ?? DEFAULT_SECONDS[name]) * 1000;
  return {
    operate: ms('operate'),
    tasklist: ms('tasklist'),
    webApplications: ms('webApplications'),
    optimize: ms('optimize'),
    records: ms('records'),
    zeebe: ms('zeebe'),
    restore: ms('restore'),
  };
}

function defaultRecordsIndices(version: string, now: number): string[] {
  const date = new Date(now).toISOString().slice(0, 10);
  return ['deployment', 'process', 'job', 'variable', 'process-instance'].map(
    (type) => `zeebe-record_${type}_${version}_${date}`,
  );
}

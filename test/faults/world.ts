import type * as z from 'zod';
import type { Alert } from '../../core/alert.ts';
import type { SearchEngine } from '../../core/components/search/engine.ts';
import { intercept } from '../../core/components/search/intercept.ts';
import { searchOpener } from '../../core/components/search/opener.ts';
import type { Config } from '../../core/config/schema.ts';
import { config as configSchema } from '../../core/config/schema.ts';
import { openConnections } from '../../core/connect/connections.ts';
import type { HttpAnswer } from '../../core/connect/http.ts';
import { type Secrets, secretReader } from '../../core/connect/secrets.ts';
import type { Context } from '../../core/context.ts';
import { describe } from '../../core/errors.ts';
import type { BackupEvent } from '../../core/event.ts';
import type { Figure } from '../../core/figures.ts';
import { ledger } from '../../core/ledger/ledger.ts';
import { lockFile } from '../../core/ledger/lock/formats.ts';
import { type Manifest, manifest as manifestSchema } from '../../core/ledger/manifest.ts';
import type { Store } from '../../core/ledger/store/store.ts';
import { sparing } from '../../core/pacing.ts';
import { commands } from '../../deployment/commands.ts';
import { work as watchOverExporting } from '../../lambdas/watch/watch-over-exporting.ts';
import { type Simulator, startSimulator } from '../../simulator/index.ts';
import { VirtualTime } from '../../simulator/virtual-time.ts';
import { typed } from '../core/fakes.ts';
import { allManifests } from '../support/all-manifests.ts';
import { Outside, type OutsideCall } from './outside.ts';
import { FaultyStore, type StoreVerb } from './store.ts';
import { Wire } from './wire.ts';

/** The clusters that are backed up. They cover both orders, both engines, and one or three brokers. */
export const worlds = {
  '8.7': { camunda: '8.7', engine: 'elasticsearch', brokers: 1 },
  '8.8': { camunda: '8.8', engine: 'opensearch', brokers: 1 },
  '8.7-opensearch': { camunda: '8.7', engine: 'opensearch', brokers: 3 },
  '8.8-elasticsearch': { camunda: '8.8', engine: 'elasticsearch', brokers: 3 },
} as const;
export type WorldName = keyof typeof worlds;

/** The seconds that each component takes, which are enough for several looks. */
const durations = { webApplications: 25, operate: 30, tasklist: 20, optimize: 22, records: 24, zeebe: 28 };

export const watchEverySeconds = 300;
const monitor = 'http://monitor.test/cluster';
/** The credentials for every management API. The simulator accepts any. */
const auth = {
  username: 'backup',
  password: { secretsManager: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:camunda' },
};
const partitions = 3;

/** A run or the watchdog, as a caller of the servers and the ledger. A dead actor reaches no server any more. */
export class Actor {
  readonly world: World;
  readonly context: Context;
  /** The number of calls to servers and the ledger. The cases of deaths choose their moment by it. */
  calls = 0;
  /** The calls to the ledger, as verbs in their order. */
  readonly verbs: StoreVerb[] = [];
  /** The calls to other services, in their order. */
  readonly outside: OutsideCall[] = [];
  /** The calls to the monitor: `start`, `success` or `fail`. */
  readonly pings: string[] = [];
  readonly figures: Figure[] = [];
  dead = false;
  /** Undefined for the watchdog. */
  runId: string | undefined;
  /** Called before the n-th call, and after its work was done. */
  beforeCall: (call: number) => void | Promise<void> = () => {};
  afterCall: (call: number) => void = () => {};

  constructor(world: World) {
    this.world = world;
    const { time, wire } = world;
    const secrets: Secrets = (...asked) => this.#outside('secrets', () => world.secrets(...asked));
    const openSearch = searchOpener(openConnections(secrets));
    this.context = {
      config: () => this.#outside('config', async () => world.config),
      canTell: true,
      ledger: ledger(this.#store(world.store.store), typed, (text) => world.warnings.push(text)),
      http: async (request) => {
        if (request.url.startsWith(monitor)) {
          return this.#call(() => this.#outside('ping', async () => this.#hearPing(request.url)));
        }
        if (request.url.includes('/exporting/pause')) world.noteWhoPauses(this);
        return this.#call(() => wire.http(request));
      },
      secrets,
      search: async (address) => this.#engine(wire.engine(await time.busy(() => openSearch(address)))),
      clock: time,
      owner: (runId) => ({ kind: 'execution', arn: runId }),
      repairer: () => undefined,
      tell: (alert) => this.#call(() => this.#outside('tell', async () => world.hear(alert))),
      publish: (event) => this.#call(() => this.#outside('publish', async () => world.receive(event))),
      measure: (figures) => {
        this.outside.push('measure');
        if (!this.dead) world.outside.callNow('measure', () => this.figures.push(...figures));
      },
      warn: (text) => {
        world.warnings.push(text);
      },
      commands: commands({ program: 'camunda-backup' }),
      unwritten: new Map(),
      pacing: sparing,
    };
  }

  #outside<T>(call: OutsideCall, work: () => Promise<T>): Promise<T> {
    this.outside.push(call);
    return this.world.outside.call(call, async () => {
      this.#requireLife();
      return work();
    });
  }

  #hearPing(url: string): HttpAnswer {
    this.pings.push(url.slice(monitor.length + 1) || 'success');
    return { status: 200, contentType: 'text/plain', text: 'OK' };
  }

  async #call<T>(work: () => Promise<T>): Promise<T> {
    this.#requireLife();
    this.calls += 1;
    const call = this.calls;
    await this.beforeCall(call);
    this.#requireLife();
    const [result] = await Promise.allSettled([work()]);
    this.afterCall(call);
    this.#requireLife();
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }

  #requireLife(): void {
    if (this.dead) throw new Error('This one is dead');
  }

  #store(store: Store): Store {
    const call = <T>(verb: StoreVerb, work: () => Promise<T>) => {
      this.verbs.push(verb);
      return this.#call(work);
    };
    return {
      read: (key) => call('read', () => store.read(key)),
      create: (key, text) => call('create', () => store.create(key, text)),
      write: (key, text) => call('write', () => store.write(key, text)),
      replace: (key, text, version) => call('replace', () => store.replace(key, text, version)),
      remove: (key) => call('remove', () => store.remove(key)),
      ageOf: (key) => call('read', () => store.ageOf(key)),
      list: (prefix) => call('list', () => store.list(prefix)),
      folders: (folder, after) => call('list', () => store.folders(folder, after)),
      exists: () => store.exists(),
      home: store.home,
      location: (key) => store.location(key),
    };
  }

  #engine(engine: SearchEngine): SearchEngine {
    return intercept(engine, (_, ask) => this.#call(ask));
  }
}

/** One simulated cluster with its ledger, its clock, and every alert that people got. */
export class World {
  readonly name: WorldName;
  readonly time: VirtualTime;
  readonly wire: Wire;
  readonly simulator: Simulator;
  readonly store: FaultyStore;
  readonly outside: Outside;
  readonly config: Config;
  readonly alerts: Alert[] = [];
  readonly events: BackupEvent[] = [];
  readonly warnings: string[] = [];
  /** The errors of the watchdog, for which AWS has an alarm. */
  readonly watchdogErrors: string[] = [];
  /** The running executions. */
  readonly running = new Map<string, { stop: () => void }>();
  /** The backups that the ledger called COMPLETED before they were, or while exporting was paused, and false alerts. */
  readonly lies: string[] = [];
  readonly secrets = secretReader({}, async () => 'secret');
  readonly #told = new Set<number>();
  #pausedBy: string | undefined;

  private constructor(name: WorldName, time: VirtualTime, wire: Wire, simulator: Simulator, timeout: string) {
    this.name = name;
    this.time = time;
    this.wire = wire;
    this.simulator = simulator;
    this.store = new FaultyStore((milliseconds) => time.sleep(milliseconds));
    this.store.changed = (key) => this.#look(key);
    this.outside = new Outside((milliseconds) => time.sleep(milliseconds));
    this.config = configOf(simulator, worlds[name].engine, timeout);
  }

  static async open(name: WorldName, { timeout = '40m' }: { timeout?: string } = {}): Promise<World> {
    const { camunda, engine, brokers } = worlds[name];
    const time = new VirtualTime(Date.UTC(2026, 0, 1, 12));
    const wire = new Wire(time);
    const simulator = await startSimulator({
      camunda,
      partitions,
      brokers,
      durations,
      components: { search: engine },
      clock: wire.clock,
    });
    wire.simulator = simulator;
    return new World(name, time, wire, simulator, timeout);
  }

  close(): Promise<void> {
    return this.simulator.close();
  }

  /** Makes one look of the watchdog, as `actor`. */
  async watch(actor = new Actor(this)): Promise<void> {
    const executions = {
      state: async (arn: string) => (this.running.has(arn) ? ('running' as const) : ('gone' as const)),
      stop: async (arn: string) => {
        const run = this.running.get(arn);
        this.running.delete(arn);
        run?.stop();
      },
      endedBadly: async () => [],
      factsOf: async () => ({ cluster: undefined, error: undefined, cause: undefined }),
    };
    try {
      await watchOverExporting(executions)({}, actor.context);
    } catch (error) {
      if (!actor.dead) this.watchdogErrors.push(describe(error));
    }
  }

  /** Ends all faults. */
  heal(): void {
    this.simulator.clearFaults();
    this.store.faults.length = 0;
    this.outside.faults.length = 0;
  }

  /** Two living runs must never pause at once. */
  noteWhoPauses({ runId }: Actor): void {
    const other = this.#pausedBy;
    if (this.isPaused && other !== undefined && other !== runId && this.running.has(other)) {
      this.lies.push(`${runId} paused exporting while ${other} had paused it`);
    }
    this.#pausedBy = runId;
  }

  get isPaused(): boolean {
    return this.simulator.pausedSince() !== undefined;
  }

  /** Reads the ledger without any fault. */
  ledger() {
    return ledger(this.store.memory, typed);
  }

  async manifests(): Promise<Manifest[]> {
    return allManifests(this.ledger(), 'cluster');
  }

  /** Compares a COMPLETED backup with the cluster's own state, and returns everything that is wrong. */
  whyNotComplete(manifest: Manifest): string[] {
    const { backupId } = manifest;
    const wrong: string[] = [];
    for (const component of this.components()) {
      const state = this.simulator.backupState(component, backupId);
      if (state !== (component === 'records' ? 'SUCCESS' : 'COMPLETED')) {
        wrong.push(`${component} is ${state ?? 'not there'}`);
      }
      const entry = manifest.components.find((one) => one.component === component);
      if (entry?.state !== 'COMPLETED') wrong.push(`the entry of ${component} is ${entry?.state}`);
      if (component === 'zeebe' && entry?.parts?.length !== partitions) wrong.push('partitions are missing');
    }
    const wanted = this.simulator.indices().filter((index) => index.startsWith('zeebe-record'));
    const held = this.simulator
      .snapshots()
      .find(({ name }) => name === `camunda_zeebe_records_backup_${backupId}`);
    if (wanted.some((index) => !held?.indices.includes(index))) wrong.push('records are missing');
    if (manifest.exporting.leftPaused) wrong.push('it says that exporting is left paused');
    return [...wrong, ...this.#whyNotConsistent(manifest)];
  }

  /** One pause must span all consistent parts: everything since 8.8, and only the records and Zeebe before 8.8. */
  #whyNotConsistent({ components, order }: Manifest): string[] {
    const inside = components.filter(
      ({ component }) => order === 'PAUSE_FIRST' || component === 'records' || component === 'zeebe',
    );
    const from = Math.min(...inside.map(({ requestedAt }) => Date.parse(requestedAt)));
    const until = Math.max(...inside.map(({ endedAt }) => Date.parse(endedAt ?? '')));
    const spans = this.simulator
      .pauseHistory()
      .some(({ pausedAt, resumedAt = Number.POSITIVE_INFINITY }) => pausedAt <= from && resumedAt >= until);
    return spans ? [] : ['exporting was not paused all the while'];
  }

  components() {
    const { simulator } = this;
    const { operate, tasklist, webApplications, optimize } = simulator.urls;
    return [
      ...(operate ? (['operate'] as const) : []),
      ...(tasklist ? (['tasklist'] as const) : []),
      ...(webApplications ? (['webApplications'] as const) : []),
      ...(optimize ? (['optimize'] as const) : []),
      'records' as const,
      'zeebe' as const,
    ];
  }

  /** An alert about a backup must be true when people get it. */
  hear(alert: Alert): void {
    this.alerts.push(alert);
    const { kind, backupId, remedy } = alert;
    const manifest = this.#document(`cluster/backups/${backupId}/manifest.json`, manifestSchema);
    if (manifest?.state !== 'COMPLETED') return;
    if (kind === 'backupFailed' || /is not complete/.test(remedy ?? '')) {
      this.lies.push(`people were told that ${backupId} is not complete, which is COMPLETED (${kind})`);
    }
  }

  /** An event about the end of a backup must be true when other programs get it. */
  receive(event: BackupEvent): void {
    this.events.push(event);
    const { type, detail } = event;
    if (type !== 'Backup Completed' && type !== 'Backup Failed') return;
    const { backupId, run } = detail;
    const manifest = this.#document(`cluster/backups/${backupId}/manifest.json`, manifestSchema);
    const isComplete = manifest?.runId === run && manifest.state === 'COMPLETED';
    if (isComplete !== (type === 'Backup Completed')) {
      this.lies.push(`the event "${type}" was sent of ${backupId}, which is ${manifest?.state}`);
    }
  }

  /** A document of the ledger as it is now. */
  #document<T>(key: string, schema: z.ZodType<T>): T | undefined {
    const text = this.store.memory.documents.get(key);
    return text === undefined ? undefined : schema.parse(JSON.parse(text));
  }

  /** COMPLETED must be true at the moment when it is written, and not only in the end. */
  #look(key: string): void {
    if (!key.endsWith('/manifest.json')) return;
    const manifest = this.#document(key, manifestSchema);
    if (manifest?.state !== 'COMPLETED' || this.#told.has(manifest.backupId)) return;
    this.#told.add(manifest.backupId);
    this.lies.push(...this.whyNotComplete(manifest));
    const lock = this.#document('cluster/lock.json', lockFile);
    // After a late write, the pause may belong to the next run.
    const isOwnPause = lock === undefined || !('runId' in lock) || lock.runId === manifest.runId;
    if (this.isPaused && isOwnPause) this.lies.push('exporting was still paused when COMPLETED was written');
  }
}

function configOf({ urls, repository }: Simulator, engine: string, timeout: string): Config {
  const { zeebe, brokers, webApplications, operate, tasklist, optimize, search } = urls;
  const at = (url: string | undefined) => url && { url, auth };
  return configSchema.parse({
    ledger: { folder: '.' },
    clusters: {
      cluster: {
        zeebe: { url: zeebe, brokers, auth },
        ...(webApplications ? { webApplications: at(webApplications) } : {}),
        ...(operate ? { operate: at(operate) } : {}),
        ...(tasklist ? { tasklist: at(tasklist) } : {}),
        ...(optimize ? { optimize: at(optimize) } : {}),
        search: { engine, url: search, repository },
        records: {},
        timeout,
        ping: monitor,
      },
    },
    deployment: { alerts: { onSuccess: true } },
  });
}

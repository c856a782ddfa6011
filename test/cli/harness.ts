import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Ledger, ledger } from '../../core/ledger/ledger.ts';
import type { Lock, Pause } from '../../core/ledger/lock/lock.ts';
import { thisProcess } from '../../core/ledger/lock/owner.ts';
import type { Manifest } from '../../core/ledger/manifest.ts';
import { folderStore } from '../../core/ledger/store/folder.ts';
import {
  type Operation,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../simulator/index.ts';
import { typed } from '../core/fakes.ts';
import { cleanUp } from '../support/clean-up.ts';
import {
  type Command,
  callCommandLine,
  camundaBackup,
  type Ended,
  type Spawned,
} from '../support/command.ts';
import type { Surroundings } from '../support/host.ts';

/** Seconds: short, but long enough for the command to look in between. */
const fast = 0.3;
const durations = {
  webApplications: fast,
  operate: fast,
  tasklist: fast,
  optimize: fast,
  records: fast,
  zeebe: fast,
};

type Settings = Record<string, unknown>;

/** A simulated cluster, an empty ledger, and a configuration file that names both. */
export interface Bench {
  simulator: Simulator;
  ledger: Ledger;
  folder: string;
  configFile: string;
  /** `camunda-backup run --json`. */
  run(...args: string[]): Command;
  repair(...args: string[]): Command;
  watchdog(...args: string[]): Command;
  status(...args: string[]): Command;
  /** Any command, in this process like those above, with more in its environment. */
  call(args: string[], more: NodeJS.ProcessEnv): Command;
  /** Any command in a process of its own: to be killed, or with what only a process has. */
  spawn(args: string[], more?: NodeJS.ProcessEnv): Spawned;
  /** `camunda-backup run --json` in a process of its own. */
  spawnRun(more?: NodeJS.ProcessEnv): Spawned;
  /** Writes the configuration anew. */
  configure(change: (cluster: Settings) => Settings): Promise<void>;
  /** The only backup in the ledger. */
  manifest(): Promise<Manifest>;
  lock(): Promise<Lock | undefined>;
  backupIds(): Promise<number[]>;
  /** Resolves when the simulator has been asked this, `times` times. */
  asked(operation: Operation, times?: number): Promise<void>;
  /** Holds that nothing is paused, that the lock is free, and that no file is left half written, unless by a process that was killed. */
  assertAllIsWell(left?: { byKilled: boolean }): Promise<void>;
}

export async function bench(
  options: Partial<SimulatorOptions> & Omit<Surroundings, 'cwd'> = {},
  change: (cluster: Settings) => Settings = (cluster) => cluster,
): Promise<Bench> {
  const { env, waits, ...simulated } = options;
  const simulator = await startSimulator({
    camunda: '8.8',
    ...simulated,
    durations: { ...durations, ...simulated.durations },
  });
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-test-'));
  const configFile = join(folder, 'camunda-backup.yaml');
  const home = join(folder, 'ledger');
  const books = ledger(folderStore(home), typed);
  const configure = async (change: (cluster: Settings) => Settings) => {
    const clusters = { test: change(clusterSettings(simulator, simulated)) };
    // JSON is YAML.
    await writeFile(configFile, JSON.stringify({ ledger: { folder: home }, clusters }, undefined, 2));
  };
  await configure(change);
  const called = new Set<Command>();
  const command = (args: string[], more?: NodeJS.ProcessEnv) => {
    const surroundings = { cwd: folder, env: { ...env, ...more }, ...(waits ? { waits } : {}) };
    const one = callCommandLine(args, surroundings);
    called.add(one);
    const forget = () => void called.delete(one);
    one.ended.then(forget, forget);
    return one;
  };
  const spawned: Spawned[] = [];
  const spawn = (args: string[], more?: NodeJS.ProcessEnv) => {
    const one = camundaBackup(args, { cwd: folder, env: { ...env, ...more } });
    spawned.push(one);
    return one;
  };
  cleanUp(async () => {
    for (const { child } of spawned) child.kill('SIGKILL');
    // Only a test that failed leaves a command at work.
    for (const one of called) one.kill('SIGTERM');
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  });
  const backupIds = () => books.backupIds('test');
  return {
    simulator,
    ledger: books,
    folder,
    configFile,
    configure,
    run: (...args) => command(['run', '--json', ...args]),
    repair: (...args) => command(['repair', ...args]),
    watchdog: (...args) => command(['watchdog', ...args]),
    status: (...args) => command(['status', ...args]),
    call: command,
    spawn,
    spawnRun: (more) => spawn(['run', '--json'], more),
    backupIds,
    async manifest() {
      const ids = await backupIds();
      assert.equal(ids.length, 1, `backups in the ledger: ${ids}`);
      const manifest = await books.readManifest('test', ids[0] ?? 0);
      assert.ok(manifest);
      return manifest;
    },
    lock: () => books.readLock('test'),
    asked: (operation, times = 1) =>
      until(`${operation} asked`, () => simulator.calls({ operation }).length >= times),
    async assertAllIsWell({ byKilled } = { byKilled: false }) {
      assert.equal(simulator.pausedSince(), undefined, 'something is left paused');
      assert.equal(await books.readLock('test'), undefined, 'the lock is left');
      if (byKilled || spawned.some(({ child }) => child.signalCode === 'SIGKILL')) return;
      const leftovers = existsSync(home) ? [...(await readdir(home, { recursive: true }))] : [];
      assert.deepEqual(
        leftovers.filter((file) => /\.tmp$|\.replacing$/.test(file)),
        [],
      );
    },
  };
}

/** The configuration that people would write for such a cluster. */
function clusterSettings({ urls, repository }: Simulator, options: Partial<SimulatorOptions>): Settings {
  const base = options.basePath ?? '';
  const { zeebe, webApplications, operate, tasklist, optimize, search } = urls;
  const engine = options.components?.search || 'elasticsearch';
  return {
    zeebe: { url: `${zeebe}${base}` },
    ...(webApplications && { webApplications: { url: `${webApplications}${base}` } }),
    ...(operate && { operate: { url: `${operate}${base}` } }),
    ...(tasklist && { tasklist: { url: `${tasklist}${base}` } }),
    ...(optimize && { optimize: { url: optimize } }),
    ...(search && { search: { engine, url: search, repository }, records: {} }),
    patience: '1s',
  };
}

export async function until(what: string, seen: () => boolean | Promise<boolean>): Promise<void> {
  // Only what never comes waits for so long, also on a machine that is busy.
  const deadline = Date.now() + 120_000;
  while (!(await seen())) {
    if (Date.now() > deadline) throw new Error(`Waited 120 s for: ${what}`);
    await sleep(10);
  }
}

/** The operations in the order in which they were first asked, of those that change something. */
export function order({ simulator }: Bench): Operation[] {
  const changing = /\.(pause|resume|start|create)$/;
  const seen = simulator
    .calls()
    .flatMap(({ operation }) => (operation !== 'unknown' && changing.test(operation) ? [operation] : []));
  return [...new Set(seen)];
}

export function assertCode({ code, signal, stdout, stderr }: Ended, expected: number): void {
  assert.equal(code, expected, `exit ${code ?? signal}\n${stdout}\n${stderr}`);
}

/** A process of this machine that has ended. */
export const goneProcess = { ...thisProcess(), pid: 2 ** 22 + 1 };

/** A lock as a run somewhere else, or long ago, has left it. */
export function foreignLock(change: Partial<Lock> = {}): Lock {
  return {
    format: 2,
    cluster: 'test',
    runId: 'local-another-run',
    purpose: 'backup',
    owner: thisProcess(),
    reason: 'test',
    acquiredAt: new Date().toISOString(),
    backupId: 41,
    ...change,
  };
}

/** The pause of such a lock: of the simulator's cluster, and requested just now. */
export function foreignPause({ simulator }: Bench, learned: Partial<Pause> = {}): { pause: Pause } {
  const { zeebe } = simulator.urls;
  const target = { url: zeebe, brokers: [zeebe], partitions: 3, provable: true };
  return { pause: { target, requestedAt: new Date().toISOString(), ...learned } };
}

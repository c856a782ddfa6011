import assert from 'node:assert/strict';
import type { Clock } from '../../../core/clock.ts';
import { systemClock } from '../../../core/clock.ts';
import { searchOpener } from '../../../core/components/search/opener.ts';
import { parseConfig } from '../../../core/config/file.ts';
import { openConnections } from '../../../core/connect/connections.ts';
import { type CheckedCluster, checkCluster } from '../../../core/doctor/check-cluster.ts';
import type { Manifest } from '../../../core/ledger/manifest.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../simulator/index.ts';
import { cleanUp } from '../../support/clean-up.ts';
import { writeManifest } from '../../support/write-manifest.ts';
import { manifest } from '../backup/world.ts';
import { secrets, testContext } from '../fakes.ts';

type Settings = Record<string, unknown>;
type Urls = Simulator['urls'];

/** A cluster in some trouble. */
export interface Trouble {
  /** The simulated cluster; Camunda 8.8 unless it says otherwise. */
  of?: Partial<SimulatorOptions>;
  /** Changes the simulated cluster before it is checked. */
  before?: (simulator: Simulator) => unknown;
  /** Changes the configuration of the cluster. */
  configured?: (cluster: Settings, urls: Urls) => Settings | Promise<Settings>;
  /** What else the file has. */
  file?: (cluster: Settings) => Settings;
  /** The newest backup in the ledger. */
  newest?: Partial<Manifest>;
  clock?: Clock;
}

/** Checks a simulated cluster over real HTTP, with a ledger in memory. */
export async function checkWith({
  of,
  before,
  configured,
  file,
  newest,
  clock,
}: Trouble): Promise<CheckedCluster> {
  const simulator = await startSimulator({ camunda: '8.8', showsVersion: true, ...of });
  cleanUp(() => simulator.close());
  await before?.(simulator);
  const plain = settingsOf(simulator, of ?? {});
  const cluster = (await configured?.(plain, simulator.urls)) ?? plain;
  const more = file?.(cluster) ?? {};
  const { clusters, ...rest } = { clusters: {}, ...more };
  // JSON is YAML.
  const yaml = JSON.stringify({
    ledger: { folder: './ledger' },
    ...rest,
    clusters: { production: cluster, ...clusters },
  });
  const connections = openConnections(secrets);
  cleanUp(() => connections.close());
  const context = {
    ...testContext(),
    config: async () => parseConfig(yaml, 'test.yaml'),
    clock: clock ?? systemClock,
    http: connections.http,
    search: searchOpener(connections),
  };
  if (newest) await writeManifest(context.ledger, { ...manifest, state: 'FAILED', ...newest });
  const asked = simulator.calls().length;
  const checked = await checkCluster('production', context);
  const changing = simulator
    .calls()
    .slice(asked)
    .filter(({ method, path }) => method !== 'GET' && method !== 'HEAD' && !path.endsWith('/_verify'));
  assert.deepEqual(changing, [], 'the check has changed something');
  return checked;
}

function settingsOf({ urls, repository }: Simulator, options: Partial<SimulatorOptions>): Settings {
  const base = options.basePath ?? '';
  const { zeebe, brokers, webApplications, operate, tasklist, optimize, search } = urls;
  const engine = options.components?.search || 'elasticsearch';
  return {
    zeebe: { url: `${zeebe}${base}`, ...((options.brokers ?? 1) > 1 ? { brokers } : {}) },
    ...(webApplications && { webApplications: { url: `${webApplications}${base}` } }),
    ...(operate && { operate: { url: `${operate}${base}` } }),
    ...(tasklist && { tasklist: { url: `${tasklist}${base}` } }),
    ...(optimize && { optimize: { url: optimize } }),
    ...(search && { search: { engine, url: search, repository }, records: {} }),
  };
}

/** Everything that a check said that is not right. */
export function troublesIn({ findings, diagnosis }: CheckedCluster) {
  return [...findings, ...diagnosis].filter(({ severity }) => severity !== 'ok');
}

/** Registers a snapshot repository, in place of one of the same name. */
export async function register({ urls, repository }: Simulator, settings: Settings, name = repository) {
  const answer = await fetch(`${urls.search}/_snapshot/${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 's3', settings }),
  });
  assert.equal(answer.status, 200, await answer.text());
}

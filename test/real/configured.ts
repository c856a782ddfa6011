import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Ledger, ledger } from '../../core/ledger/ledger.ts';
import type { Manifest } from '../../core/ledger/manifest.ts';
import { folderStore } from '../../core/ledger/store/folder.ts';
import { s3Store } from '../../core/ledger/store/s3.ts';
import type { Store } from '../../core/ledger/store/store.ts';
import { typed } from '../core/fakes.ts';
import { camundaBackup, type Ended, type Spawned } from '../support/command.ts';
import type { CamundaCluster, RealStore } from './servers/index.ts';

/** A configuration and a ledger, as a user has them. The cluster is called `real`. */
export interface Configured {
  /** `camunda-backup run --json`. */
  run(...args: string[]): Spawned;
  /** What the runs have written down. A document that cannot be read is an error. */
  ledger: Ledger;
  /** The manifest that a run names at its end. */
  readManifest(ended: Ended): Promise<Manifest>;
  remove(): Promise<void>;
}

export interface Surroundings {
  /** Limits of the cluster's configuration. */
  limits?: { timeout?: string };
  env?: NodeJS.ProcessEnv;
  /** Where the ledger is. The default is a folder. */
  store?: RealStore;
}

export function configure(
  { components, urls, repository }: CamundaCluster,
  { limits, env, store }: Surroundings = {},
): Promise<Configured> {
  return configureWith({ ...components, ...recordsIn(urls.search, repository), ...limits }, env, store);
}

/** Of the OpenSearch at this address. */
export function recordsIn(url: string, repository: string) {
  return { search: { engine: 'opensearch', url, repository }, records: {} };
}

export async function configureWith(
  cluster: Record<string, unknown>,
  env: NodeJS.ProcessEnv = {},
  store?: RealStore,
): Promise<Configured> {
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-real-'));
  const file = join(folder, 'camunda-backup.yaml');
  const kept = store ? inStore(store) : inFolder(join(folder, 'ledger'));
  const documents = ledger(kept.store, typed, (text) => {
    throw new Error(text);
  });
  const clusters = { real: { ...cluster, patience: '15s' } };
  await writeFile(file, stringify({ ledger: kept.config, clusters }));
  return {
    run: (...args) =>
      camundaBackup(['run', '--config', file, '--json', ...args], {
        env: { ...store?.environment, ...env },
      }),
    ledger: documents,
    readManifest: async (ended) => {
      const { manifest, backupId } = ended.json();
      assert.ok(manifest && backupId !== null, ended.stderr);
      assert.equal(manifest, documents.manifestLocation('real', backupId));
      const read = await documents.readManifest('real', backupId);
      assert.ok(read, manifest);
      return read;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

interface Kept {
  config: unknown;
  store: Store;
}

function inFolder(folder: string): Kept {
  return { config: { folder }, store: folderStore(folder) };
}

function inStore({ bucket, endpoint, region, client }: RealStore): Kept {
  const prefix = 'ledger';
  return {
    config: { s3: { bucket, prefix, endpoint, region } },
    store: s3Store({ bucket, prefix, client }),
  };
}

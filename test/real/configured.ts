import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Ledger, ledger } from '../../core/ledger/ledger.ts';
import { folderStore } from '../../core/ledger/store/folder.ts';
import { typed } from '../core/fakes.ts';
import { camundaBackup, type Spawned } from '../support/command.ts';
import type { RealCluster } from './servers/index.ts';

/** A configuration and a ledger, as a user has them. The cluster is called `real`. */
export interface Configured {
  /** `camunda-backup run --json`. */
  run(...args: string[]): Spawned;
  /** What the runs have written down. A document that cannot be read is an error. */
  ledger: Ledger;
  remove(): Promise<void>;
}

export function configure(
  { urls, repository }: RealCluster,
  limits: { timeout?: string } = {},
  env: NodeJS.ProcessEnv = {},
): Promise<Configured> {
  const { zeebe, operate, tasklist, search } = urls;
  const components = { zeebe: { url: zeebe }, operate: { url: operate }, tasklist: { url: tasklist } };
  return configureWith({ ...components, ...recordsIn(search, repository), ...limits }, env);
}

/** Of the OpenSearch at this address. */
export function recordsIn(url: string, repository: string) {
  return { search: { engine: 'opensearch', url, repository }, records: {} };
}

export async function configureWith(
  cluster: Record<string, unknown>,
  env: NodeJS.ProcessEnv = {},
): Promise<Configured> {
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-real-'));
  const file = join(folder, 'camunda-backup.yaml');
  const ledgerFolder = join(folder, 'ledger');
  const clusters = { real: { ...cluster, patience: '15s' } };
  await writeFile(file, stringify({ ledger: { folder: ledgerFolder }, clusters }));
  return {
    run: (...args) => camundaBackup(['run', '--config', file, '--json', ...args], { env }),
    ledger: ledger(folderStore(ledgerFolder), typed, (text) => {
      throw new Error(text);
    }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { folderStore } from '../../core/ledger/folder-store.ts';
import { type Ledger, ledger } from '../../core/ledger/ledger.ts';
import { type Command, camundaBackup } from '../support/command.ts';
import type { RealCluster } from './servers/index.ts';

/** A real cluster's configuration and ledger, as a user has them. The cluster is called `real`. */
export interface Configured {
  /** `camunda-backup run --json`. */
  run(...args: string[]): Command;
  /** What the runs have written down. A document that cannot be read is an error. */
  ledger: Ledger;
  remove(): Promise<void>;
}

export async function configure(
  { urls, repository }: RealCluster,
  limits: { timeout?: string } = {},
  env: NodeJS.ProcessEnv = {},
): Promise<Configured> {
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-real-'));
  const file = join(folder, 'camunda-backup.yaml');
  const ledgerFolder = join(folder, 'ledger');
  const config = {
    ledger: { folder: ledgerFolder },
    clusters: {
      real: {
        zeebe: { url: urls.zeebe },
        operate: { url: urls.operate },
        tasklist: { url: urls.tasklist },
        search: { engine: 'opensearch', url: urls.search, repository },
        records: {},
        patience: '15s',
        ...limits,
      },
    },
  };
  await writeFile(file, stringify(config));
  return {
    run: (...args) => camundaBackup(['run', '--config', file, '--json', ...args], { env }),
    ledger: ledger(folderStore(ledgerFolder), (text) => {
      throw new Error(text);
    }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

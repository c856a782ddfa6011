import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { demoConfig } from '../cli/local/demo.ts';
import { type Simulator, startSimulator } from '../simulator/index.ts';
import { startS3Server } from '../test/core/ledger/store/s3-server.ts';
import { type Measured, round } from './figures.ts';
import { ledgerDocuments, writeLedger } from './ledger-documents.ts';

const execute = promisify(execFile);
const count = 10_000;
const attempts = 5;
const bucket = 'ledger';
const durations = { webApplications: 0.1, optimize: 0.1, records: 0.1, zeebe: 0.1 };

/** Measures a ledger with ten thousand hourly backups and with all documents that a backup leaves. */
export async function measureLedger(): Promise<Measured> {
  const simulator = await startSimulator({ camunda: '8.8', durations });
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-bench-'));
  try {
    const statusSeconds10k = await measureStatus(simulator, folder);
    const { prepare, sweep } = await countLists(simulator, folder);
    return {
      figures: { statusSeconds10k, prepareLists10k: prepare, sweepLists10k: sweep },
      table: {
        title: `A ledger of ${count} backups (status: the median of ${attempts})`,
        header: ['what', 'costs'],
        rows: [
          ['camunda-backup status, ledger in a folder', `${statusSeconds10k} s`],
          ['a backup, ledger in S3', `${prepare} LIST requests`],
          ['a look of the watchdog, ledger in S3', `${sweep} LIST requests`],
        ],
      },
    };
  } finally {
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureStatus(simulator: Simulator, folder: string): Promise<number> {
  const config = demoConfig(simulator, folder);
  const home = join(folder, 'ledger');
  const [cluster = ''] = Object.keys(config.clusters);
  writeLedger(home, ledgerDocuments(cluster, count));
  const file = join(folder, 'folder.yaml');
  await writeFile(file, stringify({ ...config, ledger: { folder: home } }));
  const times: number[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    const began = performance.now();
    await execute(process.execPath, ['dist/cli/main.js', 'status', '--config', file]);
    times.push((performance.now() - began) / 1000);
  }
  return round(times.toSorted((a, b) => a - b)[Math.floor(attempts / 2)] ?? Number.NaN);
}

async function countLists(simulator: Simulator, folder: string): Promise<{ prepare: number; sweep: number }> {
  const server = await startS3Server([bucket]);
  try {
    const config = demoConfig(simulator, folder);
    const [cluster = ''] = Object.keys(config.clusters);
    for (const { key, text } of ledgerDocuments(cluster, count)) server.put(bucket, key, text);
    const s3 = { bucket, region: 'eu-central-1', endpoint: server.endpoint };
    const file = join(folder, 's3.yaml');
    await writeFile(file, stringify({ ...config, ledger: { s3 } }));
    const listsOf = async (command: string) => {
      const before = server.requests.length;
      await execute(process.execPath, ['dist/cli/main.js', command, '--config', file], {
        env: { ...process.env, AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' },
      });
      return server.requests.slice(before).filter((request) => /[?&]list-type=2/.test(request)).length;
    };
    return { sweep: await listsOf('watchdog'), prepare: await listsOf('run') };
  } finally {
    await server.close();
  }
}

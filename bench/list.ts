import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { demoConfig } from '../cli/local/demo.ts';
import { type Simulator, startSimulator } from '../simulator/index.ts';
import { startS3Server } from '../test/core/ledger/store/s3-server.ts';
import { type Measured, round } from './figures.ts';
import { everySeconds, ledgerDocuments, writeLedger } from './ledger-documents.ts';

const execute = promisify(execFile);
const many = 10_000;
const few = 1000;
/** Each has eight snapshots. */
const backupsInRepository = 250;
const attempts = 5;
const bucket = 'ledger';

/** How much longer a list may take with ten times as many backups, and how much memory it may use. */
export const listBars = { listGrowth: 1.3, listMegabytes: 300 };

/**
 * Measures `list --limit 20` with ten thousand backups in the ledger and two thousand snapshots: its seconds while the
 * repository answers after thirty seconds, the ratio to a ledger of a tenth of that while all sources answer at once, and
 * the most memory.
 */
export async function measureList(): Promise<Measured> {
  const simulator = await startSimulator({ camunda: '8.8' });
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-bench-'));
  const server = await startS3Server([bucket]);
  try {
    const now = Math.floor(Date.now() / 1000);
    seed(simulator, now);
    const demo = demoConfig(simulator, folder);
    const [cluster = ''] = Object.keys(demo.clusters);
    const configured = async (name: string, ledger: object) => {
      const file = join(folder, `${name}.yaml`);
      await writeFile(file, stringify({ ...demo, ledger }));
      return file;
    };
    for (const count of [few, many]) {
      writeLedger(join(folder, String(count)), manifestsOf(cluster, count, now));
    }
    for (const { key, text } of manifestsOf(cluster, many, now)) server.put(bucket, key, text);
    const inFolder = await configured('many', { folder: join(folder, String(many)) });
    const small = await configured('few', { folder: join(folder, String(few)) });
    const s3 = { bucket, region: 'eu-central-1', endpoint: server.endpoint };
    const inS3 = await configured('s3', { s3 });

    const ratios: { many: Listed; few: Listed }[] = [];
    for (let attempt = 0; attempt < attempts; attempt++) {
      ratios.push({ few: await list(small, folder), many: await list(inFolder, folder) });
    }
    const fastest = (of: 'many' | 'few') => Math.min(...ratios.map((one) => one[of].seconds));
    simulator.order({ operation: 'search.list', times: 'always', kind: { slow: 30_000 } });
    const slow = [await list(inFolder, folder), await list(inS3, folder)];
    const [ofFolder, ofS3] = slow.map(({ seconds }) => round(seconds));
    const megabytes = Math.max(
      ...slow.map((one) => one.megabytes),
      ...ratios.map((one) => one.many.megabytes),
    );
    const figures = {
      listSeconds10k: Math.max(ofFolder ?? Number.NaN, ofS3 ?? Number.NaN),
      listGrowth: round(fastest('many') / fastest('few')),
      listMegabytes: Math.round(megabytes),
    };
    return {
      figures,
      table: {
        title: `camunda-backup list --limit 20, with ${many} backups in the ledger and ${backupsInRepository * 8} snapshots`,
        header: ['what', 'costs'],
        rows: [
          ['a repository that answers after 30 s, ledger in a folder', `${ofFolder} s`],
          ['a repository that answers after 30 s, ledger in S3', `${ofS3} s`],
          ['all answer at once, ledger in a folder', `${round(fastest('many'))} s`],
          [`the same with ${few} backups in the ledger`, `${round(fastest('few'))} s`],
          ['memory', `${figures.listMegabytes} MB`],
        ],
      },
    };
  } finally {
    await server.close();
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A list reads nothing else of these backups. */
function* manifestsOf(cluster: string, count: number, now: number) {
  for (const one of ledgerDocuments(cluster, count, now)) if (one.key.endsWith('/manifest.json')) yield one;
}

/** Gives the cluster all parts of the newest backups in the ledger. */
function seed(simulator: Simulator, now: number): void {
  for (let back = backupsInRepository; back >= 1; back--) {
    for (const component of ['zeebe', 'webApplications', 'optimize', 'records'] as const) {
      simulator.seedBackup(component, now - back * everySeconds);
    }
  }
}

interface Listed {
  seconds: number;
  megabytes: number;
}

async function list(config: string, folder: string): Promise<Listed> {
  const report = join(folder, 'memory');
  // In kilobytes.
  const tell = `process.on('exit', () => fs.writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS)))`;
  const hook = `data:text/javascript,${encodeURIComponent(`import fs from 'node:fs'; ${tell}`)}`;
  const began = performance.now();
  await execute(
    process.execPath,
    [`--import=${hook}`, 'dist/cli/main.js', 'list', '--limit', '20', '--config', config],
    {
      env: { ...process.env, AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' },
    },
  );
  const seconds = (performance.now() - began) / 1000;
  return { seconds, megabytes: Number(await readFile(report, 'utf8')) / 1000 };
}

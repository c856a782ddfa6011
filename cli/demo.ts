import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, config as schema } from '../core/config.ts';
import { chooseCluster } from '../core/config-file.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../simulator/index.ts';
import { type Output, printLine } from './output.ts';
import { runBackup } from './run.ts';

/** Seconds that the components of the demo take: long enough to be watched. */
const durations = { webApplications: 4, operate: 4, tasklist: 3, optimize: 2, records: 2, zeebe: 3 };

/** Starts a simulated cluster and backs it up as any other. Returns the exit code. */
export async function demo({
  camunda,
  output,
  onSignal,
}: {
  camunda: SimulatorOptions['camunda'];
  output: Output;
  onSignal: (listener: (signal: string) => void) => () => void;
}): Promise<number> {
  const simulator = await startSimulator({ camunda, partitions: 3, durations });
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-demo-'));
  const { stderr } = output;
  printLine(
    stderr,
    `A simulated Camunda ${camunda} cluster of three partitions is running at ${simulator.urls.zeebe}.`,
  );
  try {
    const config = configOf(simulator, folder);
    const code = await runBackup({
      config,
      cluster: chooseCluster(config, undefined),
      reason: 'demo',
      json: false,
      output,
      onSignal,
      exitNow: (code) => process.exit(code),
    });
    printLine(
      stderr,
      'To back up your own cluster: cp camunda-backup.example.yaml camunda-backup.yaml, edit it, and',
    );
    printLine(stderr, 'npx camunda-backup run');
    return code;
  } finally {
    await simulator.close();
  }
}

/** The configuration that people would write for this cluster. */
export function configOf({ urls, repository }: Simulator, folder: string): Config {
  const { operate, tasklist, webApplications, optimize, search } = urls;
  const at = (url: string | undefined) => (url ? { url } : undefined);
  return schema.parse({
    ledger: { folder },
    clusters: {
      demo: {
        zeebe: { url: urls.zeebe },
        webApplications: at(webApplications),
        operate: at(operate),
        tasklist: at(tasklist),
        optimize: at(optimize),
        search: search ? { engine: 'elasticsearch', url: search, repository } : undefined,
        records: search ? {} : undefined,
      },
    },
  });
}

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultConfigFile } from '../../core/config/default-file.ts';
import { loadConfig } from '../../core/config/file.ts';
import { chooseCluster } from '../../core/config/schema.ts';
import { type Simulator, startSimulator } from '../../simulator/index.ts';
import type { Host } from '../host.ts';
import { commandsFor, programOf } from '../invocation.ts';
import { printLine } from '../screen/output.ts';
import { shownBackup } from '../screen/shown-procedure.ts';
import { runBackup } from './run.ts';

export interface DemoOptions {
  camunda: '8.5' | '8.6' | '8.7' | '8.8' | '8.9';
  json: boolean;
}

/** The seconds that each component takes, which are enough to watch it. */
const durations = { webApplications: 4, operate: 4, tasklist: 3, optimize: 2, records: 2, zeebe: 3 };

/** Starts a simulated cluster and backs it up like any other cluster. Returns the exit code. */
export async function demo({ camunda, json }: DemoOptions, host: Host): Promise<number> {
  const simulator = await startSimulator({ camunda, partitions: 3, durations });
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-demo-'));
  const { stderr } = host.output;
  printLine(
    stderr,
    `A simulated Camunda ${camunda} cluster of three partitions is running at ${simulator.urls.zeebe}.`,
  );
  try {
    const file = join(folder, defaultConfigFile);
    // JSON is valid YAML.
    await writeFile(file, JSON.stringify(demoConfig(simulator, folder), undefined, 2));
    const config = await loadConfig(file);
    const commands = commandsFor(host, { file, named: true }, Object.keys(config.clusters));
    const code = await runBackup({
      shown: shownBackup,
      host,
      config,
      commands,
      cluster: chooseCluster(config, undefined),
      reason: 'demo',
      json,
    });
    for (const text of [
      `The ledger of the demo stays in ${folder}; delete that folder when you have seen enough. To look at it: ${commands.status()}`,
      'To back up your own cluster: cp camunda-backup.example.yaml camunda-backup.yaml, edit it, and',
      `${programOf(host)} run`,
    ]) {
      printLine(stderr, text);
    }
    return code;
  } finally {
    await simulator.close();
  }
}

/** The configuration that a user would write for such a cluster, as plain data. */
export function demoConfig({ urls, repository }: Simulator, folder: string) {
  const { zeebe, webApplications, operate, tasklist, optimize, search } = urls;
  return {
    ledger: { folder },
    clusters: {
      demo: {
        zeebe: { url: zeebe },
        ...(webApplications ? { webApplications: { url: webApplications } } : {}),
        ...(operate ? { operate: { url: operate } } : {}),
        ...(tasklist ? { tasklist: { url: tasklist } } : {}),
        ...(optimize ? { optimize: { url: optimize } } : {}),
        ...(search ? { search: { engine: 'elasticsearch', url: search, repository }, records: {} } : {}),
      },
    },
  };
}

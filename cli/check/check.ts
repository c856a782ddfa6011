import type { Commands } from '../../core/commands.ts';
import { type Config, chooseCluster } from '../../core/config/schema.ts';
import { checkCluster } from '../../core/doctor/check-cluster.ts';
import { namingCluster } from '../../deployment/commands.ts';
import type { Host } from '../host.ts';
import { localContext } from '../local/context.ts';
import { printLine } from '../screen/output.ts';
import { printCheck } from './report.ts';

export interface CheckOptions {
  host: Pick<Host, 'output' | 'env'>;
  config: Config;
  commands: Commands;
  /** Optional if only one cluster is configured. */
  cluster?: string;
  json: boolean;
}

/** Runs `camunda-backup check` from this machine. Returns the exit code. */
export async function check({ host, config, commands, cluster, json }: CheckOptions): Promise<number> {
  const { output, env } = host;
  const { name } = chooseCluster(config, cluster, namingCluster);
  const { context, close } = await localContext(config, commands, {
    env,
    warn: (text) => printLine(output.stderr, text),
  });
  try {
    return printCheck(await checkCluster(name, context), { json, output });
  } finally {
    await close();
  }
}

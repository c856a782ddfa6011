import type { Commands } from '../../core/commands.ts';
import { type Config, chooseCluster } from '../../core/config/schema.ts';
import { namingCluster } from '../../deployment/commands.ts';
import type { Host } from '../host.ts';
import { localContext } from '../local/context.ts';
import { printLine } from '../screen/output.ts';
import { type MetricsOptions, metrics } from './metrics.ts';

export interface LocalMetricsOptions extends Pick<MetricsOptions, 'file' | 'json'> {
  host: Pick<Host, 'output' | 'cwd' | 'env'>;
  config: Config;
  commands: Commands;
  /** The cluster to look at; all of them if it is missing. */
  cluster?: string;
}

/** Runs `camunda-backup metrics` on the ledger that the configuration names. Returns the exit code. */
export async function localMetrics(options: LocalMetricsOptions): Promise<number> {
  const { host, config, commands, cluster, file, json } = options;
  const clusters =
    cluster === undefined
      ? Object.keys(config.clusters)
      : [chooseCluster(config, cluster, namingCluster).name];
  const { context, close } = await localContext(config, commands, {
    env: host.env,
    warn: (text) => printLine(host.output.stderr, text),
  });
  try {
    return await metrics({ host, ledger: context.ledger, clusters, file, json });
  } finally {
    await close();
  }
}

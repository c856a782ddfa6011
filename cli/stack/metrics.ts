import type { Commands } from '../../core/commands.ts';
import { BackupError } from '../../core/errors.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import type { Surroundings } from '../../deployment/commands.ts';
import { type MetricsOptions, metrics } from '../metrics/metrics.ts';
import { type Aws, aws as openAws } from './aws.ts';
import { ledgerOfStack } from './ledger.ts';
import {
  clusterOfStack,
  commandsOfStack,
  type DeployedStack,
  readStack,
  unknownClusters,
} from './outputs.ts';

export interface StackMetricsOptions extends Pick<MetricsOptions, 'host' | 'file' | 'json' | 'clock'> {
  stack: string;
  at: Surroundings;
  /** The cluster to look at; all of them if it is missing. */
  cluster?: string;
  /** Tests replace the following. */
  aws?: Pick<Aws, 'region' | 'describeStack'>;
  openLedger?: (stack: DeployedStack, commands: Commands) => Ledger;
}

/** Runs `camunda-backup metrics --stack` on the ledger in the stack's bucket. Returns the exit code. */
export async function metricsOfStack(options: StackMetricsOptions): Promise<number> {
  const { at, cluster, aws = openAws(), openLedger = ledgerOfStack, ...rest } = options;
  const stack = await readStack(options.stack, aws);
  const clusters = cluster === undefined ? stack.clusters : [clusterOfStack(stack, cluster)];
  if (!clusters) {
    throw new BackupError('ConfigurationError', unknownClusters(stack), {
      remedy: 'Deploy the stack again, or name a cluster with --cluster.',
    });
  }
  return metrics({ ...rest, ledger: openLedger(stack, commandsOfStack(stack, at)), clusters });
}

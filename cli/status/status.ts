import { seeExporting } from '../../core/checks/exporting-seen.ts';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { Commands } from '../../core/commands.ts';
import { type ClusterConfig, type Config, chooseCluster } from '../../core/config/schema.ts';
import type { Context } from '../../core/context.ts';
import { lookForRun } from '../../core/ledger/lock/owner.ts';
import { namingCluster } from '../../deployment/commands.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { localContext } from '../local/context.ts';
import { printJson, printLine } from '../screen/output.ts';
import { statusOfEach } from './cluster-status.ts';
import type { AskExporting } from './exporting-status.ts';
import type { StatusResult } from './result.ts';
import { block } from './text.ts';

export interface StatusOptions {
  host: Pick<Host, 'output' | 'env'>;
  config: Config;
  commands: Commands;
  /** The cluster to look at; all of them if it is missing. */
  cluster?: string;
  /** True if only the ledger may be asked, and not the clusters. */
  offline: boolean;
  json: boolean;
  clock?: Clock;
}

/** Runs `camunda-backup status` on the ledger that the configuration names. Returns the exit code. */
export async function status(options: StatusOptions): Promise<number> {
  const { host, config, commands, cluster, offline, json, clock = systemClock } = options;
  const { output, env } = host;
  const { context, close } = await localContext(config, commands, {
    clock,
    env,
    warn: (text) => printLine(output.stderr, text),
  });
  try {
    const clusters = await statusOfEach(wantedClusters(config, cluster), (name) => ({
      ledger: context.ledger,
      clock,
      config: config.clusters[name],
      commands,
      look: lookOf(name, config.clusters[name], offline, context),
      lifeOf: (lock) => lookForRun(lock, context),
      repairOf: ({ cluster }, state) => commands.repair(cluster, { force: state !== 'dead' }),
    }));
    const ok = clusters.every((one) => one.ok);
    const result: StatusResult = { ok, cluster: cluster ?? null, clusters, failure: null };
    if (json) printJson(output.stdout, result);
    else printLine(output.stdout, clusters.map((one) => block(one, output)).join('\n\n'));
    return ok ? exitCodes.done : exitCodes.failed;
  } finally {
    await close();
  }
}

function wantedClusters(config: Config, wanted: string | undefined): string[] {
  return wanted === undefined
    ? Object.keys(config.clusters)
    : [chooseCluster(config, wanted, namingCluster).name];
}

/**
 * Makes the question to the cluster, or says why there is none. A ledger may know clusters that the configuration
 * lacks.
 */
export function lookOf(
  cluster: string,
  config: ClusterConfig | undefined,
  offline: boolean,
  context: Pick<Context, 'ledger' | 'clock' | 'http' | 'secrets'> | undefined,
): AskExporting {
  if (offline) return '--offline';
  if (!config || !context) return 'its addresses are not known here: name the configuration with --config';
  return () => seeExporting(cluster, config, context);
}

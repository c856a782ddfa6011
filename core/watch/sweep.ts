import type { ClusterConfig, Config } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { describe, isBackupError } from '../errors.ts';
import { within } from '../within.ts';
import type { Executions } from './lock.ts';
import { type Watched, watchCluster } from './watch.ts';

/** The function may run for 240 s, and the next sweep begins after 300 s. */
const sweepSeconds = 200;

/** The result for one cluster, or the reason why there is none. `notReached` is true if the time was over. */
export type SweepResult = { name: string } & (
  | { watched: Watched }
  | { problem: string; remedy: string | undefined; notReached: boolean }
);

/**
 * Looks at several clusters concurrently, so that a silent cluster does not delay the others and no cluster is always the
 * last one.
 */
export function sweep(
  clusters: Config['clusters'],
  context: Context & { executions: Executions },
): Promise<SweepResult[]> {
  const until = context.clock.now() + sweepSeconds * 1000;
  const { executions } = context;
  // The executions are those of all clusters.
  let ended: ReturnType<Executions['endedBadly']> | undefined;
  const endedBadly = () => (ended ??= executions.endedBadly());
  const sharing = { ...context, executions: { ...executions, endedBadly } };
  return Promise.all(
    Object.entries(clusters).map(async ([name, cluster]) => ({
      name,
      ...(await lookAt(name, cluster, until, sharing)),
    })),
  );
}

async function lookAt(
  name: string,
  cluster: ClusterConfig,
  until: number,
  context: Context & { executions: Executions },
): Promise<{ watched: Watched } | { problem: string; remedy: string | undefined; notReached: boolean }> {
  let hasEnded = false;
  const look = async () => {
    try {
      return await watchCluster(name, cluster, context);
    } finally {
      hasEnded = true;
    }
  };
  try {
    return { watched: await within((until - context.clock.now()) / 1000, look, context) };
  } catch (error) {
    const remedy = isBackupError(error) ? error.remedy : undefined;
    return { problem: describe(error), remedy, notReached: !hasEnded };
  }
}

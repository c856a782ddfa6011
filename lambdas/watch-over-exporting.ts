import * as z from 'zod';
import type { ClusterConfig } from '../core/config.ts';
import type { Context } from '../core/context.ts';
import { describe } from '../core/errors.ts';
import { type Watched, watchCluster } from '../core/watch.ts';
import type { Executions } from '../core/watch-lock.ts';
import { within } from '../core/within.ts';
import { handler } from './handler.ts';

/** The function itself has 240 s. */
const sweepSeconds = 200;

/** What came of a cluster: what was seen, or why not. `notReached`: its time was over. */
type Look = { watched: Watched } | { problem: string; notReached: boolean };

/**
 * The watchdog: called at every execution that ended otherwise than well, and every five minutes. What called it
 * does not matter: it looks at every cluster. All of them at once: one that is silent costs the others nothing, and
 * none is always the last. → what it saw of each
 */
export const watchOverExporting = (executions: Executions) =>
  handler(z.unknown(), async (_, context: Context): Promise<Watched[]> => {
    const until = context.clock.now() + sweepSeconds * 1000;
    const clusters = Object.entries((await context.config()).clusters);
    const looks = await Promise.all(
      clusters.map(async ([name, cluster]) => ({
        name,
        look: await lookAt(name, cluster, until, { ...context, executions }),
      })),
    );
    const problems = looks.flatMap(({ name, look }) =>
      'problem' in look ? `${name}: ${look.notReached ? 'not reached, ' : ''}${look.problem}` : [],
    );
    try {
      context.measure(
        looks.map(({ name, look }) => ({
          name: 'ClustersNotReached',
          unit: 'Count',
          value: 'problem' in look && look.notReached ? 1 : 0,
          cluster: name,
        })),
      );
    } catch (error) {
      problems.push(`The figures could not be recorded: ${describe(error)}`);
    }
    if (problems.length > 0) throw new Error(`Not watched over: ${problems.join('; ')}`);
    return looks.flatMap(({ look }) => ('watched' in look ? look.watched : []));
  });

async function lookAt(
  name: string,
  cluster: ClusterConfig,
  until: number,
  context: Context & { executions: Executions },
): Promise<Look> {
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
    return { problem: describe(error), notReached: !hasEnded };
  }
}

import * as z from 'zod';
import type { Context } from '../core/context.ts';
import { describe } from '../core/errors.ts';
import { type Executions, type Watched, watchCluster } from '../core/watch.ts';
import { handler } from './handler.ts';

/**
 * The watchdog: called at every execution that ended otherwise than well, and every five minutes. What called it
 * does not matter: it looks at every cluster. → what it saw of each
 */
export const watchOverExporting = (executions: Executions) =>
  handler(z.unknown(), async (_, context: Context): Promise<Watched[]> => {
    const { clusters } = await context.config();
    const watched: Watched[] = [];
    const problems: string[] = [];
    for (const [name, cluster] of Object.entries(clusters)) {
      try {
        watched.push(await watchCluster(name, cluster, { ...context, executions }));
      } catch (error) {
        // The next cluster must not wait for this one's mending.
        problems.push(`${name}: ${describe(error)}`);
      }
    }
    if (problems.length > 0) throw new Error(`Not watched over: ${problems.join('; ')}`);
    return watched;
  });

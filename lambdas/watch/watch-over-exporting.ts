import * as z from 'zod';
import type { Context } from '../../core/context.ts';
import { describe } from '../../core/errors.ts';
import { sendTestAlert, testAlertRequest } from '../../core/tell/test-alert.ts';
import type { Executions } from '../../core/watch/lock.ts';
import { sweep } from '../../core/watch/sweep.ts';
import type { Watched } from '../../core/watch/watch.ts';
import { type FunctionDefinition, smallMemory } from '../definition.ts';
import { type Handler, handler } from '../handler.ts';

const testOfAlerts = z.object({ testAlert: testAlertRequest });

/**
 * The watchdog. EventBridge calls it after every execution that did not succeed, and every five minutes: it looks at
 * every cluster. With `{ testAlert: { by, cluster } }`, which a person sends, it only sends a test alert, because it is
 * the function whose role, network and topic matter the most. → its observations of each cluster, or
 * `{ testAlert: { failure } }`
 */
export const work =
  (executions: Executions): Handler<unknown> =>
  async (event, context) => {
    const { data: test } = testOfAlerts.safeParse(event);
    return test ? sendTestAlert(test.testAlert, context) : watch(executions)(event, context);
  };

/** Looks at every cluster, whatever the input. */
export const watch = (executions: Executions) =>
  handler(z.unknown(), async (_, context: Context): Promise<Watched[]> => {
    const looks = await sweep((await context.config()).clusters, { ...context, executions });
    const problems = looks.flatMap(({ name, ...look }) =>
      'problem' in look ? `${name}: ${look.notReached ? 'not reached, ' : ''}${look.problem}` : [],
    );
    try {
      context.measure(
        looks.map(({ name, ...look }) => ({
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
    return looks.flatMap((look) => ('watched' in look ? look.watched : []));
  });

export const definition: FunctionDefinition = {
  file: 'watch/watch-over-exporting.ts',
  description: 'Resumes exporting that a dead run left paused, and reports missing backups',
  // It looks at all clusters concurrently, and each look has a shorter time limit.
  timeoutSeconds: 240,
  memoryMegabytes: smallMemory,
  needs: ['cluster', 'secrets', 'configuration', 'alerts', 'listOfBackups', 'executions'],
  ledger: {
    read: ['lock', 'heartbeat', 'manifest', 'entry', 'memory'],
    write: ['lock', 'manifest', 'memory', 'memoryAside'],
  },
};

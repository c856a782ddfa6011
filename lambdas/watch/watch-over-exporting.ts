import * as z from 'zod';
import type { Context } from '../../core/context.ts';
import { describe } from '../../core/errors.ts';
import { sendTestAlert, testAlertRequest } from '../../core/tell/test-alert.ts';
import { tellOfFailing } from '../../core/watch/failing.ts';
import type { Executions } from '../../core/watch/lock.ts';
import type { LookAtSubscriptions } from '../../core/watch/subscriptions.ts';
import { type SweepResult, sweep } from '../../core/watch/sweep.ts';
import type { Watched } from '../../core/watch/watch.ts';
import { type FunctionDefinition, smallMemory } from '../definition.ts';
import { type Handler, handler } from '../handler.ts';

/** A cluster that could not be looked at, and of which people know that. */
interface NotWatched {
  cluster: string;
  lock: null;
  problem: string;
}

const testOfAlerts = z.object({ testAlert: testAlertRequest });

/**
 * The watchdog. EventBridge calls it after every execution that did not succeed, and every five minutes: it looks at
 * every cluster. With `{ testAlert: { by, cluster } }`, which a person sends, it only sends a test alert, because it is
 * the function whose role, network and topic matter the most. → its observations of each cluster, or
 * `{ testAlert: { failure } }`
 */
export const work =
  (executions: Executions, lookAtSubscriptions?: LookAtSubscriptions): Handler<unknown> =>
  async (event, context) => {
    const { data: test } = testOfAlerts.safeParse(event);
    return test
      ? sendTestAlert(test.testAlert, context)
      : watch(executions, lookAtSubscriptions)(event, context);
  };

/**
 * Looks at every cluster, whatever the input. It fails only if there is something that people do not know and that it
 * could not tell them. The alarm on its errors speaks then.
 */
export const watch = (executions: Executions, lookAtSubscriptions?: LookAtSubscriptions) =>
  handler(z.unknown(), async (_, context: Context): Promise<(Watched | NotWatched)[]> => {
    const config = await context.config();
    const { clusters, deployment } = config;
    // A metric that gets a value every five minutes costs as much as three alarms, and only the dashboard shows these.
    const measure = deployment?.dashboard ? context.measure : () => undefined;
    const looks = await sweep(clusters, { ...context, measure, executions });
    const problems = await Promise.all(looks.map((look) => untoldProblem(look, context)));
    const unread = await lookAtSubscriptions?.(config, context).catch(describe);
    const untold = [...problems, unread].filter((problem) => problem !== undefined);
    if (untold.length > 0) throw new Error(`Not watched over: ${untold.join('; ')}`);
    return looks.map((look) =>
      'watched' in look ? look.watched : { cluster: look.name, lock: null, problem: look.problem },
    );
  });

/** The problem of a look, as a sentence; undefined if there is none, or if people know of it. */
async function untoldProblem({ name, ...look }: SweepResult, context: Context): Promise<string | undefined> {
  if ('watched' in look) return undefined;
  const message = look.notReached ? `not reached, ${look.problem}` : look.problem;
  const remedy = look.remedy === undefined ? '' : `. What to do: ${look.remedy}`;
  try {
    if (await tellOfFailing(name, { message, remedy: look.remedy }, context)) {
      context.warn(`${name}: ${message}${remedy}`);
      return undefined;
    }
    return `${name}: ${message}${remedy}`;
  } catch (error) {
    return `${name}: ${message}${remedy} (and people could not be told: ${describe(error)})`;
  }
}

export const definition: FunctionDefinition = {
  file: 'watch/watch-over-exporting.ts',
  description: 'Resumes exporting that a dead run left paused, and reports missing backups',
  // It looks at all clusters concurrently, and each look has a shorter time limit.
  timeoutSeconds: 240,
  memoryMegabytes: smallMemory,
  untraced: true,
  needs: [
    'cluster',
    'secrets',
    'configuration',
    'alerts',
    'events',
    'recipients',
    'listOfBackups',
    'executions',
  ],
  ledger: {
    read: ['lock', 'heartbeat', 'manifest', 'entry', 'memory'],
    write: ['lock', 'manifest', 'memory', 'memoryAside'],
  },
};

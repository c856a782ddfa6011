import { hostname } from 'node:os';
import * as z from 'zod';
import { componentNames } from '../../core/components/kinds.ts';
import { chooseCluster } from '../../core/config/schema.ts';
import type { Context } from '../../core/context.ts';
import { endPauseOf, lookAtExportingOf, lookAtPauseOf } from '../../core/repair/steps/exporting.ts';
import { leftoversOf } from '../../core/repair/steps/leftovers.ts';
import { repairLockOf } from '../../core/repair/steps/lock.ts';
import { repairOrphansOf } from '../../core/repair/steps/orphans.ts';
import { type FunctionDefinition, largeMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/** One step of a repair of one cluster. */
const request = z.discriminatedUnion('step', [
  z.object({ step: z.literal('lock'), cluster: z.string(), force: z.boolean(), dryRun: z.boolean() }),
  z.object({ step: z.literal('orphans'), cluster: z.string(), dryRun: z.boolean() }),
  z.object({
    step: z.literal('leftovers'),
    cluster: z.string(),
    ended: z.array(z.number()).optional(),
    only: z.array(z.enum(componentNames)).optional(),
  }),
  z.object({ step: z.literal('exporting'), cluster: z.string() }),
  z.object({ step: z.literal('pause'), cluster: z.string() }),
  z.object({ step: z.literal('resume'), cluster: z.string(), id: z.string(), user: z.string().optional() }),
]);

/**
 * RepairCluster, which a person calls: one step of `camunda-backup repair`. It may die, run twice or be called while the
 * watchdog is at work: who puts a lock right claims it first, and each step looks at what is there. → the answer of the
 * step (core/repair/steps/answers.ts)
 */
export const work = handler(request, async (input, lambda) => {
  const { cluster } = input;
  const context = asProcess(lambda);
  const { cluster: config } = chooseCluster(await context.config(), cluster);
  switch (input.step) {
    case 'lock':
      return repairLockOf(cluster, config, input, context);
    case 'orphans':
      return repairOrphansOf(cluster, input, context);
    case 'leftovers':
      return leftoversOf(cluster, config, input, context);
    case 'exporting':
      return lookAtExportingOf(cluster, config, context);
    case 'pause':
      return lookAtPauseOf(cluster, config, context);
    case 'resume':
      return endPauseOf(cluster, config, input, context);
  }
});

/**
 * This function is no execution, so that a lock or a claim that it leaves when it dies names a process that nobody sees,
 * and is void after fifteen minutes without a heartbeat.
 */
function asProcess(context: Context): Context {
  const owner = { kind: 'process', host: `RepairCluster on AWS (${hostname()})`, pid: process.pid } as const;
  return { ...context, owner: () => owner, repairer: () => owner };
}

export const definition: FunctionDefinition = {
  file: 'operator/repair-cluster.ts',
  description:
    'Does one step of a repair for a person: resumes exporting that a dead run left paused, frees its lock',
  // A repair gives its claim on a lock up after 240 s (core/repair/claim.ts).
  timeoutSeconds: 230,
  memoryMegabytes: largeMemory,
  needs: [
    'cluster',
    'secrets',
    'search',
    'configuration',
    'alerts',
    'listOfBackups',
    'listOfCluster',
    'executionStates',
  ],
  ledger: {
    read: ['lock', 'heartbeat', 'manifest', 'entry'],
    write: ['lock', 'lockAside', 'heartbeat', 'manifest', 'intervention'],
  },
};

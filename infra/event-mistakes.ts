import { allKinds } from '../core/components/kinds.ts';
import { forEachStage } from '../core/components/stages.ts';
import { formatSeconds } from '../core/config/duration.ts';
import type { Mistake } from '../core/config/mistakes.ts';
import type { ClusterConfig } from '../core/config/schema.ts';
import { eventsOf, mostEvents } from '../statemachine/events.ts';

/** The rest is for calls that are retried. */
const mostPlanned = mostEvents - 1000;

/**
 * Refuses settings with which an execution could have more events than Step Functions allows. It would end past every
 * Catch, with exporting paused until the watchdog comes.
 */
export function mistakesOfEvents(name: string, cluster: ClusterConfig): Mistake[] {
  const { attempts, timeout: timeoutSeconds } = cluster;
  const components = forEachStage(0);
  for (const { stage, configured } of allKinds) components[stage] += configured(cluster).length;
  const ofTries = (tries: number) => eventsOf({ timeoutSeconds, attempts: tries, components });
  const events = ofTries(attempts);
  if (events <= mostPlanned) return [];
  const [count, ofTry] = [Object.values(components).reduce((sum, one) => sum + one), ofTries(2) - ofTries(1)];
  const fitting = Math.floor(mostPlanned / ofTry);
  return [
    {
      path: ['clusters', name, 'attempts'],
      what: `is ${attempts}, and ${attempts} tries × ${ofTry} events, for ${count} components that may take ${formatSeconds(timeoutSeconds)} each (timeout), are ${events}: Step Functions ends an execution at ${mostEvents}, which would leave exporting paused, and up to ${mostPlanned} are planned; for example: ${fitting}, or a shorter timeout`,
    },
  ];
}

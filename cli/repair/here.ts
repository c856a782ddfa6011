import { configuredComponents } from '../../core/components/locate.ts';
import type { ClusterConfig, Config } from '../../core/config/schema.ts';
import type { Leftover } from '../../core/repair/leftovers.ts';
import { endPauseOf, lookAtExportingOf, lookAtPauseOf } from '../../core/repair/steps/exporting.ts';
import { deleteLeftoversOf, leftoversOf } from '../../core/repair/steps/leftovers.ts';
import { repairLockOf } from '../../core/repair/steps/lock.ts';
import { repairOrphansOf } from '../../core/repair/steps/orphans.ts';
import { localContext } from '../local/context.ts';
import { sayWhomWeWaitFor, waitingRoom } from '../screen/waiting.ts';
import { type Opening, type Place, repairWith } from './repair.ts';
import type { RepairOptions } from './session.ts';

export interface LocalRepairOptions extends Omit<RepairOptions, 'cluster'> {
  config: Config;
  cluster: { name: string; cluster: ClusterConfig };
}

/** Runs `camunda-backup repair` on the ledger and the cluster that the configuration names. Returns the exit code. */
export function repairHere({ config, cluster, ...options }: LocalRepairOptions): Promise<number> {
  const { name, cluster: settings } = cluster;
  return repairWith({ ...options, cluster: name }, (opening) => openHere(opening));

  async function openHere({ interruption, giveUp, complain }: Opening): Promise<Place> {
    const { host, commands } = options;
    const { env } = host;
    const toChange = await localContext(config, commands, { env, warn: complain });
    const toAsk = await localContext(config, commands, { interrupt: giveUp, env, warn: complain });
    const room = waitingRoom();
    const context = room.watch(toChange.context);
    /** The context for questions to the components. A signal cancels its open calls. */
    const asking = room.watch(toAsk.context);
    const stopSaying = sayWhomWeWaitFor(room.waiting, () => context.clock.now(), complain);
    const found = new Map<string, Leftover>();
    const keyOf = ({ component, backupId }: Pick<Leftover, 'component' | 'backupId'>) =>
      `${component} ${backupId}`;
    return {
      components: configuredComponents(settings),
      steps: {
        lock: (request) => repairLockOf(name, settings, request, context),
        orphans: (request) => repairOrphansOf(name, request, context),
        leftovers: (request) =>
          leftoversOf(name, settings, request, asking, (leftovers) => {
            for (const one of leftovers) found.set(keyOf(one), one);
          }),
        delete: (parts) =>
          deleteLeftoversOf(
            name,
            parts.flatMap((part) => found.get(keyOf(part)) ?? []),
            context,
            // A signal does not cancel a deletion that has begun: its result would not be known.
            () => interruption.seen !== undefined,
          ),
        exporting: () => lookAtExportingOf(name, settings, asking),
        pause: () => lookAtPauseOf(name, settings, asking),
        resume: (whoever) => endPauseOf(name, settings, whoever, context),
      },
      async close() {
        stopSaying();
        await Promise.all([toChange.close(), toAsk.close()]);
      },
    };
  }
}

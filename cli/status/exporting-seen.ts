import { type ExplainedLook, lookAndExplain, lookAtExporting } from '../../core/checks/exporting.ts';
import type { ClusterConfig } from '../../core/config/schema.ts';
import type { Context } from '../../core/context.ts';
import { isBackupError } from '../../core/errors.ts';
import { within } from '../../core/within.ts';

/** What the cluster itself says of exporting, in the objects of `--json`. */
export interface ExportingSeen {
  /** UNKNOWN: it could not be asked, or does not show it. null: it was not asked. */
  state: ExplainedLook['state'] | null;
  /** Whose a pause is that was seen; null where none was. */
  pause: Exclude<ExplainedLook['pause'], 'none'> | null;
  replicas: { partition: number; phase: string; address: string }[];
  /** What the REST API says of all replicas, where it does. */
  together: { phase: string; address: string } | null;
  /** Why not more is known, as sentences. */
  unknown: string[];
}

/** In seconds. Whoever calls this is waiting; a cluster that needs longer is not well. */
const patience = { ofAnAddress: 2, ofAll: 3 };

/** Asks the cluster whether exporting is paused, and the ledger whose the pause is. What cannot be asked is not known. */
export function seeExporting(
  cluster: string,
  config: ClusterConfig,
  context: Pick<Context, 'ledger' | 'clock' | 'http' | 'secrets'>,
): Promise<ExplainedLook> {
  const notKnown = (why: string) => ({
    state: 'UNKNOWN' as const,
    paused: [],
    unknown: [why],
    isSilent: true,
    replicas: { read: [], unread: [] },
  });
  const look = async () => {
    try {
      // A secret may have to be fetched first.
      return await within(
        patience.ofAll,
        () => lookAtExporting(config, context, patience.ofAnAddress),
        context,
      );
    } catch (error) {
      if (isBackupError(error)) return notKnown(error.message);
      throw error;
    }
  };
  return lookAndExplain(cluster, look, context.ledger);
}

export function seenInJson({
  state,
  pause,
  replicas: { read, together },
  unknown,
}: ExplainedLook): ExportingSeen {
  return {
    state,
    pause: pause === 'none' ? null : pause,
    replicas: read.map(({ partition, phase, broker }) => ({ partition, phase, address: broker })),
    together: together ? { phase: together.status, address: together.url } : null,
    unknown,
  };
}

/** `SOFT_PAUSED: partitions 1, 2, 3 (http://…)`, one for each phase and address. */
export function phasesOf({ replicas, together }: ExportingSeen): string[] {
  const groups = Map.groupBy(replicas, ({ phase, address }) => `${phase} ${address}`);
  const seen = [...groups.values()].map((group) => {
    const [{ phase = '', address = '' } = {}] = group;
    const ids = group.map(({ partition }) => partition).sort((a, b) => a - b);
    return `${phase}: partition${ids.length === 1 ? '' : 's'} ${ids.join(', ')} (${address})`;
  });
  return [...seen, ...(together ? [`${together.phase}: all of them (${together.address})`] : [])];
}

/** Where the cluster was not asked. */
export function notAsked(why: string): ExportingSeen {
  return { state: null, pause: null, replicas: [], together: null, unknown: [why] };
}

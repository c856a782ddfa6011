import * as z from 'zod';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { isBackupError } from '../errors.ts';
import { within } from '../within.ts';
import { type ExplainedLook, lookAndExplain, lookAtExporting } from './exporting.ts';

/** The state of exporting that the cluster itself shows, in the objects of `--json`. */
export const exportingSeen = z.object({
  /** UNKNOWN if the cluster could not be asked or does not show it; null if it was not asked. */
  state: z.enum(['EXPORTING', 'PAUSED', 'UNKNOWN']).nullable(),
  /** Whether the ledger explains the pause that was seen; null if no pause was seen. */
  pause: z.enum(['explained', 'unexplained', 'unknown']).nullable(),
  replicas: z.array(z.object({ partition: z.number(), phase: z.string(), address: z.string() })),
  /** The phase that the REST API reports for all replicas; null if it reports none. */
  together: z.object({ phase: z.string(), address: z.string() }).nullable(),
  /** The reasons why no more is known, as sentences. */
  unknown: z.array(z.string()),
});
export type ExportingSeen = z.infer<typeof exportingSeen>;

/** In seconds. A person waits for this, and a healthy cluster answers sooner. */
const patience = { ofAnAddress: 2, ofAll: 3 };

/** Asks the cluster whether exporting is paused, and the ledger whether one of its runs explains the pause. */
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

/** The state of a cluster that was not asked. */
export function notAsked(why: string): ExportingSeen {
  return { state: null, pause: null, replicas: [], together: null, unknown: [why] };
}

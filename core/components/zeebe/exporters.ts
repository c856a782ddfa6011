import * as z from 'zod';
import type { Management } from '../../connect/management.ts';
import { BackupError } from '../../errors.ts';
import type { ClusterTopology } from './topology.ts';

/** An exporter that is not simply enabled, as one page shows it. */
export interface IdleExporter {
  id: string;
  /** ENABLING, DISABLING, DISABLED, CONFIG_NOT_FOUND. */
  state: string;
  /** The affected partitions; empty if the page does not distinguish partitions. */
  partitions: number[];
  url: string;
}

/**
 * The answer to `GET /actuator/exporters`, from 8.6 on. It does not show whether exporting is paused.
 * https://github.com/camunda/camunda/issues/54978
 */
const exporters = z.array(z.object({ exporterId: z.string(), status: z.string() }));

/** Reads the idle exporters; undefined if the page is missing or cannot be read, because then nothing is known. */
export async function readExporters(zeebe: Management): Promise<IdleExporter[] | undefined> {
  const path = 'exporters';
  try {
    const answer = await zeebe.ask('GET', path);
    if (answer.status !== 200) return undefined;
    const found = zeebe.read('GET', path, answer, exporters);
    return found.flatMap(({ exporterId, status }) => {
      const state = status.toUpperCase();
      return isIdle(state) ? [{ id: exporterId, state, partitions: [], url: zeebe.url(path) }] : [];
    });
  } catch (error) {
    if (error instanceof BackupError) return undefined;
    throw error;
  }
}

/** Finds the idle exporters in the topology, which also names their partitions. */
export function idleExportersIn({ brokers }: ClusterTopology, url: string): IdleExporter[] {
  const idle = new Map<string, IdleExporter>();
  for (const { id: partition, exporters } of brokers.flatMap(({ partitions }) => partitions)) {
    for (const { id, state } of exporters) {
      if (!isIdle(state)) continue;
      const known = idle.get(`${id} ${state}`) ?? { id, state, partitions: [], url };
      idle.set(`${id} ${state}`, { ...known, partitions: [...new Set([...known.partitions, partition])] });
    }
  }
  return [...idle.values()];
}

/** The state UNKNOWN and states of later versions do not show that an exporter is idle. */
function isIdle(state: string): boolean {
  return ['ENABLING', 'DISABLING', 'DISABLED', 'CONFIG_NOT_FOUND'].includes(state);
}

import * as z from 'zod';
import type { Management } from '../../connect/management.ts';
import { BackupError } from '../../errors.ts';
import type { ClusterTopology } from './topology.ts';

/** An exporter that does not simply export, as one page shows it. */
export interface IdleExporter {
  id: string;
  /** ENABLING, DISABLING, DISABLED, CONFIG_NOT_FOUND. */
  state: string;
  /** On which partitions; empty where the page does not tell them apart. */
  partitions: number[];
  url: string;
}

/** `GET /actuator/exporters`, from 8.6 on. It is blind to a pause (camunda#54978). */
const exporters = z.array(z.object({ exporterId: z.string(), status: z.string() }));

/** Undefined where the answer is none of this kind: what is not shown is not known. */
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

/** The same from the topology, by partition. */
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

/** UNKNOWN, and what a later version may say, tells nothing. */
function isIdle(state: string): boolean {
  return ['ENABLING', 'DISABLING', 'DISABLED', 'CONFIG_NOT_FOUND'].includes(state);
}

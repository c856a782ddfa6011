import type { IdleExporter } from '../components/zeebe/exporters.ts';
import { alreadyPaused } from './already-paused.ts';
import type { Facts } from './facts.ts';
import { type CheckFinding, failed, unseen, wrong } from './finding.ts';
import { replicasOf } from './partitions.ts';

/**
 * Whether somebody else has paused exporting, and whether a pause can be read back. What this run has paused itself is
 * not held against it.
 */
export function exporting({ cluster, ours }: Facts): CheckFinding[] {
  if (!cluster) return [];
  const { exporting: target, replicas } = cluster;
  const paused = ours.paused ? undefined : alreadyPaused(replicas, target, ours.resume);
  const says = `Whether exporting is paused or resumed cannot be read back of every partition at ${target.brokers.join(', ')}: configure all brokers in zeebe.brokers`;
  return [
    ...(paused ? [failed('exporting', 'zeebe', paused)] : []),
    ...(target.provable ? [] : [unseen('exporting', 'zeebe', says)]),
  ];
}

/**
 * What an exporter that is switched off does not export never reaches whoever reads from it, and no backup of theirs has
 * it. It may be wanted: after the loss of a region its exporter stays disabled for as long.
 */
export function exporters({ cluster }: Facts): CheckFinding[] {
  const idle = (cluster?.idleExporters ?? []).filter(
    // Where two pages say the same, the one that names the partitions is told.
    (one, index, all) => !all.some((other, at) => at < index && isSame(other, one)),
  );
  const switched = idle.some(({ state }) => state.endsWith('ING'));
  return wrong('exporters', 'zeebe', {
    error: 'ClusterNotReady',
    seen:
      idle.length === 0
        ? []
        : [
            `${idle.map(sentence).join(', ')}: what it is for gets no records, and this backup of it stays behind`,
          ],
    remedy: switched
      ? 'Wait until GET /actuator/exporters shows ENABLED, then start again.'
      : 'Enable it again (POST /actuator/exporters/ID/enable), configure it on every broker, or delete it where nobody needs it (GET /actuator/exporters).',
  });
}

const isSame = (a: IdleExporter, b: IdleExporter) => a.id === b.id && a.state === b.state;

function sentence({ id, state, partitions, url }: IdleExporter): string {
  const where =
    partitions.length === 0
      ? ''
      : ` on partition${partitions.length > 1 ? 's' : ''} ${partitions.join(', ')}`;
  return `the exporter ${id} is ${state}${where} (GET ${url})`;
}

/** Only leaders export. Without an exporter, and before its first record, the position is -1: then nothing is known. */
export function exporterLag({ config: { maxExporterLag }, cluster, ours }: Facts): CheckFinding[] {
  // Who is paused falls behind.
  if (!cluster || ours.paused) return [];
  return wrong('exporterLag', 'zeebe', {
    error: 'ClusterNotReady',
    seen: replicasOf(cluster).flatMap(
      ({ role, partition, broker, processedPosition = -1, exportedPosition = -1 }) => {
        if (role !== 'LEADER' || processedPosition < 0 || exportedPosition < 0) return [];
        const lag = processedPosition - exportedPosition;
        return lag > maxExporterLag
          ? [
              `the exporters of partition ${partition} are ${lag} records behind (${broker}: processed ${processedPosition}, exported ${exportedPosition}); ${maxExporterLag} are allowed`,
            ]
          : [];
      },
    ),
    remedy:
      'See whether the search engine takes the records, and wait until the exporters have caught up; raise `maxExporterLag` if this lag is usual.',
  });
}

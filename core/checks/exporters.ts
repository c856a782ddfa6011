import type { IdleExporter } from '../components/zeebe/exporters.ts';
import { alreadyPaused } from './already-paused.ts';
import type { Facts } from './facts.ts';
import { type CheckFinding, failed, unseen, wrong } from './finding.ts';
import { replicasOf } from './partitions.ts';

/**
 * Checks that nothing else has paused exporting, and that a pause can be read back. A pause of this run itself does not
 * count.
 */
export function exporting({ cluster, ours }: Facts): CheckFinding[] {
  if (!cluster) return [];
  const { exporting: target, replicas } = cluster;
  const paused = ours.paused ? undefined : alreadyPaused(replicas, target, ours.resume);
  const says = `A pause or a resume of exporting cannot be read back from every partition at ${target.brokers.join(', ')}: configure all brokers in zeebe.brokers`;
  return [
    ...(paused ? [failed('exporting', 'zeebe', paused)] : []),
    ...(target.provable ? [] : [unseen('exporting', 'zeebe', says)]),
  ];
}

/**
 * Checks that every exporter is enabled. Records that an exporter omits never reach the application that reads them, so
 * its backup does not contain them. A disabled exporter may be intended, such as after the loss of a region.
 */
export function exporters({ cluster }: Facts): CheckFinding[] {
  const idle = (cluster?.idleExporters ?? []).filter(
    // If two pages show the same state, only the first one is reported, which names the partitions.
    (one, index, all) => !all.some((other, at) => at < index && isSame(other, one)),
  );
  const switched = idle.some(({ state }) => state.endsWith('ING'));
  return wrong('exporters', 'zeebe', {
    error: 'ClusterNotReady',
    seen:
      idle.length === 0
        ? []
        : [
            `${idle.map(sentence).join(', ')}: its target gets no new records, so this backup of the target is incomplete`,
          ],
    remedy: switched
      ? 'Wait until GET /actuator/exporters shows ENABLED, then start again.'
      : 'Enable it again (POST /actuator/exporters/ID/enable), configure it on every broker, or delete it if it is not needed (GET /actuator/exporters).',
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

/** Compares positions on leaders, because only they export. A position of -1 means no exporter or no record yet. */
export function exporterLag({ config: { maxExporterLag }, cluster, ours }: Facts): CheckFinding[] {
  // While exporting is paused, the exporters fall behind.
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

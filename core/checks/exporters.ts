import type { IdleExporter } from '../components/zeebe/exporters.ts';
import { BackupError } from '../errors.ts';
import type { Facts } from './checks.ts';

/**
 * What an exporter that is switched off does not export never reaches whoever reads from it, and no backup of theirs has
 * it. It may be wanted: after the loss of a region its exporter stays disabled for as long.
 */
export function idleExporters({ cluster }: Facts): BackupError[] {
  const seen = cluster.idleExporters.filter(
    // Of two pages that say the same, the one that names the partitions.
    (one, index, all) => !all.some((other, at) => at < index && isSame(other, one)),
  );
  if (seen.length === 0) return [];
  const switched = seen.some(({ state }) => state.endsWith('ING'));
  return [
    new BackupError(
      'ClusterNotReady',
      `${seen.map(sentence).join(', ')}: what it is for gets no records, and this backup of it stays behind`,
      {
        remedy: switched
          ? 'Wait until GET /actuator/exporters shows ENABLED, then start again.'
          : 'Enable it again (POST /actuator/exporters/ID/enable), configure it on every broker, or delete it where nobody needs it (GET /actuator/exporters).',
      },
    ),
  ];
}

const isSame = (a: IdleExporter, b: IdleExporter) => a.id === b.id && a.state === b.state;

function sentence({ id, state, partitions, url }: IdleExporter): string {
  const where =
    partitions.length === 0
      ? ''
      : ` on partition${partitions.length > 1 ? 's' : ''} ${partitions.join(', ')}`;
  return `the exporter ${id} is ${state}${where} (GET ${url})`;
}

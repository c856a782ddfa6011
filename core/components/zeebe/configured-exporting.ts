import type { ClusterConfig } from '../../config/schema.ts';
import { settingsOf } from '../../connect/address.ts';
import type { Http } from '../../connect/http.ts';
import { management, restApi } from '../../connect/management.ts';
import type { Secrets } from '../../connect/secrets.ts';
import { noAnswer } from '../../error-names.ts';
import { isBackupError } from '../../errors.ts';
import { readTogether, replicasIn, unknownOf } from './exporting.ts';
import type { ExportingTarget } from './exporting-target.ts';
import { type BrokerView, countPartitions, readBrokers, readCluster } from './topology.ts';

/**
 * Finds out where to resume exporting and to read it back if no lock says so: from the configuration and from what the
 * cluster shows now. An address that is silent now must still be read back later; an address that does not show phases
 * cannot be read back at all.
 */
export async function configuredExporting(
  { zeebe }: ClusterConfig,
  { http, secrets }: { http: Http; secrets: Secrets },
): Promise<ExportingTarget> {
  const { url, brokers = [url], rest } = zeebe;
  const at = (address: string) => management('Zeebe', { ...zeebe, url: address }, http, secrets);
  const [topology, views, together] = await Promise.all([
    readCluster(at(url)),
    readBrokers(brokers.map(at)),
    rest && readTogether(restApi(rest, http, secrets)),
  ]);
  const partitions = countPartitions(topology);
  const replicas = replicasIn(views, together);
  const seen = { ...replicas, read: replicas.read.map((one) => ({ ...one, phase: 'EXPORTING' })) };
  return {
    url,
    ...settingsOf(zeebe),
    brokers,
    ...(rest && together ? { rest } : {}),
    partitions,
    provable: views.some(isSilent) || unknownOf(seen, partitions).length === 0,
  };
}

function isSilent({ error }: BrokerView): boolean {
  return isBackupError(error, ...noAnswer, 'ServerTrouble');
}

import { titles } from '../components/kinds.ts';
import { type FoundComponent, findComponent } from '../components/place.ts';
import { type IdleExporter, idleExportersIn, readExporters } from '../components/zeebe/exporters.ts';
import { type Replicas, readTogether, replicasIn } from '../components/zeebe/exporting.ts';
import {
  type BrokerView,
  type ClusterTopology,
  countPartitions,
  readBrokers,
  readBrokerVersion,
  readCluster,
} from '../components/zeebe/topology.ts';
import type { ClusterConfig } from '../config/schema.ts';
import { management, restApi } from '../connect/management.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';

type Needs = Pick<Context, 'http' | 'secrets'>;
export interface FoundZeebe extends FoundComponent<'zeebe'> {
  topology: ClusterTopology;
  brokers: BrokerView[];
  replicas: Replicas;
  idleExporters: IdleExporter[];
}

/** Asks Zeebe for its cluster. Throws ClusterNotReady if there are no partitions yet, or several physical tenants. */
export async function discoverZeebe(config: ClusterConfig, context: Needs): Promise<FoundZeebe> {
  const found = await findComponent({ name: 'zeebe', title: titles.zeebe }, config, context);
  const { http, secrets } = context;
  const { zeebe } = config;
  const at = (url: string) => management('Zeebe', { ...zeebe, url }, http, secrets);
  const [topology, brokers, together, exporters, version] = await Promise.all([
    readCluster(at(zeebe.url)),
    readBrokers((zeebe.brokers ?? [zeebe.url]).map(at)),
    zeebe.rest && readTogether(restApi(zeebe.rest, http, secrets)),
    found.discovered.endpoints.has('exporters') ? readExporters(at(zeebe.url)) : undefined,
    found.discovered.version ?? (zeebe.rest && readBrokerVersion(restApi(zeebe.rest, http, secrets))),
  ]);
  refuseTenants(zeebe.url, [...topology.tenants, ...brokers.flatMap(({ tenants }) => tenants ?? [])]);
  if (countPartitions(topology) === 0) {
    throw new BackupError('ClusterNotReady', `Zeebe at ${zeebe.url} names no partition in its topology`, {
      remedy: 'Wait until the brokers have formed a cluster.',
    });
  }
  const idleExporters = [...idleExportersIn(topology, at(zeebe.url).url('cluster')), ...(exporters ?? [])];
  const discovered = { ...found.discovered, version };
  return { ...found, discovered, topology, brokers, replicas: replicasIn(brokers, together), idleExporters };
}

/** Refuses several tenants, because each has its own snapshot repository and partitions with the same ids. */
function refuseTenants(url: string, found: string[]): void {
  const tenants = [...new Set(found)];
  if (tenants.length <= 1) return;
  throw new BackupError(
    'ClusterNotReady',
    `Zeebe at ${url} has ${tenants.length} physical tenants (${tenants.join(', ')}), which camunda-backup cannot back up yet`,
    { remedy: 'Back up such a cluster with the procedure in the documentation of Camunda 8.10.' },
  );
}

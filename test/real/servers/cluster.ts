import { type CamundaCluster, viewsOf } from './camunda-cluster.ts';
import { mustCall } from './http.ts';
import { type Layout, local, s3 } from './layout.ts';
import type { ServerName } from './members.ts';
import { deploy } from './process-instances.ts';
import type { SnapshotRepository } from './repository.ts';
import { realSearchEngine } from './search-engine.ts';
import type { ServerGroup } from './server-group.ts';
import { statesInFiles, storedPartitions } from './stored.ts';

/** A cluster of Camunda's own programs. */
export interface RealCluster extends CamundaCluster<ServerName> {
  urls: CamundaCluster['urls'] & {
    /** Management API. */
    operate: string;
    /** Management API. */
    tasklist: string;
  };
  s3: {
    endpoint: string;
    bucket: string;
    folder: string;
    accessKey: string;
    secretKey: string;
    region: string;
  };
  deploy(): Promise<void>;
}

/** Of servers that are ready. */
export async function realCluster(
  group: ServerGroup,
  layout: Layout,
  snapshotsIn: SnapshotRepository,
  close: () => Promise<void>,
): Promise<RealCluster> {
  const { ports, partitions } = layout;
  const engine = realSearchEngine(group, layout, snapshotsIn, close);
  const zeebeRest = local(ports.zeebeRest);
  const bucketFolder = `${layout.s3Folder}/${s3.bucket}`;
  const { gatewayVersion } = await mustCall<{ gatewayVersion: string }>(`${zeebeRest}/v2/topology`);
  const urls = {
    ...engine.urls,
    zeebe: local(ports.zeebeManagement),
    zeebeRest,
    operate: local(ports.operateManagement),
    tasklist: local(ports.tasklistManagement),
  };
  return {
    ...engine,
    ...viewsOf(urls, 'backups'),
    camundaVersion: gatewayVersion,
    partitions,
    urls,
    components: {
      zeebe: { url: urls.zeebe },
      operate: { url: urls.operate },
      tasklist: { url: urls.tasklist },
    },
    partCounts: { operate: 6, tasklist: 6 },
    s3: { ...s3, endpoint: local(ports.s3), folder: bucketFolder },
    deploy: () => deploy(zeebeRest),
    storedPartitions: (id) => storedPartitions(statesInFiles(bucketFolder), partitions, id),
  };
}

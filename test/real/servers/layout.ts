import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../../simulator/http/free-ports.ts';

/** Where everything of one run is: ports and folders, chosen once, kept over restarts of the servers. */
export interface Layout {
  folder: string;
  temporary: string;
  repositories: string;
  repositoryFolder: string;
  zeebeFolder: string;
  s3Folder: string;
  partitions: number;
  ports: Record<PortName, number>;
}

const portNames = [
  'search',
  'searchTransport',
  'search2',
  'search2Transport',
  's3',
  'zeebeManagement',
  'zeebeRest',
  'zeebeGrpc',
  'zeebeCommand',
  'zeebeInternal',
  'operateManagement',
  'operateWeb',
  'operateCluster',
  'tasklistManagement',
  'tasklistWeb',
  'tasklistCluster',
] as const;

type PortName = (typeof portNames)[number];

export const repository = 'camunda';

export const s3 = {
  bucket: 'zeebe-backup',
  region: 'us-east-1',
  // the only key pair that s3rver knows
  accessKey: 'S3RVER',
  secretKey: 'S3RVER',
} as const;

export async function layOut(folder: string, partitions: number): Promise<Layout> {
  const numbers = await freePorts(portNames.length);
  const ports = Object.fromEntries(portNames.map((name, i) => [name, numbers[i]])) as Record<
    PortName,
    number
  >;
  const repositories = join(folder, 'repositories');
  const layout = {
    folder,
    temporary: join(folder, 'tmp'),
    repositories,
    repositoryFolder: join(repositories, repository),
    zeebeFolder: join(folder, 'zeebe'),
    s3Folder: join(folder, 's3'),
    partitions,
    ports,
  };
  for (const needed of [layout.temporary, repositories, layout.zeebeFolder, layout.s3Folder])
    mkdirSync(needed);
  return layout;
}

export function local(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** A file beside this one, which a server reads. */
export function ownFile(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

import { readdir, readFile } from 'node:fs/promises';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Layout } from './layout.ts';
import type { RealStore } from './store.ts';

/** Where the snapshots of a search engine lie: below a folder of its run, or in a store, where they outlive the engine. */
export type SnapshotsIn = 'folder' | { store: RealStore; basePath: string };

export interface SnapshotRepository {
  /** As it is registered. */
  definition: { type: 'fs' | 's3'; settings: Record<string, string> };
  node: NodeNeeds;
  /** The names of the files and objects at its root, without those in folders. */
  names(): Promise<string[]>;
  read(name: string): Promise<string>;
}

/** What a node needs to reach the repository. */
interface NodeNeeds {
  /** The class of the plugin; empty for none. */
  plugin: string;
  settings: Record<string, string>;
  /** Of the keystore. */
  secrets: Record<string, string>;
}

export function snapshotRepository(where: SnapshotsIn, layout: Layout): SnapshotRepository {
  return where === 'folder' ? inFolder(layout) : inStore(where.store, where.basePath);
}

function inFolder({ repositoryFolder }: Layout): SnapshotRepository {
  return {
    definition: { type: 'fs', settings: { location: repositoryFolder } },
    node: { plugin: '', settings: {}, secrets: {} },
    names: () => readdir(repositoryFolder),
    read: (name) => readFile(`${repositoryFolder}/${name}`, 'utf8'),
  };
}

function inStore(
  { endpoint, region, bucket, accessKey, secretKey, client }: RealStore,
  basePath: string,
): SnapshotRepository {
  return {
    definition: { type: 's3', settings: { bucket, base_path: basePath } },
    node: {
      plugin: 'org.opensearch.repositories.s3.S3RepositoryPlugin',
      settings: {
        's3.client.default.endpoint': endpoint,
        's3.client.default.region': region,
        's3.client.default.path_style_access': 'true',
      },
      secrets: { 's3.client.default.access_key': accessKey, 's3.client.default.secret_key': secretKey },
    },
    names: async () => {
      const listing = { Bucket: bucket, Prefix: `${basePath}/`, Delimiter: '/' };
      const { Contents = [] } = await client.send(new ListObjectsV2Command(listing));
      return Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key.slice(basePath.length + 1)]));
    },
    read: async (name) => {
      const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${basePath}/${name}` }));
      return (await object.Body?.transformToString()) ?? '';
    },
  };
}

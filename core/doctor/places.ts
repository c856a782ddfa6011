import type { RepositoryDefinition } from '../components/search/repository.ts';
import type { ClusterConfig } from '../config/schema.ts';
import { type Properties, valueIn, valuesIn } from './properties.ts';

/** A place in a store: a folder, or a path in a bucket. */
export interface Place {
  kind: 's3' | 'gcs' | 'azure' | 'folder';
  /** The bucket or the container; '' for a folder. */
  bucket: string;
  /** Without slashes at its ends, so the root is ''. */
  path: string;
  endpoint: string | undefined;
}

/** How two places lie to each other; undefined if they have nothing in common. */
export function overlap(a: Place, b: Place): 'equal' | 'nested' | undefined {
  const isElsewhere = a.endpoint !== undefined && b.endpoint !== undefined && a.endpoint !== b.endpoint;
  if (a.kind !== b.kind || a.bucket !== b.bucket || isElsewhere) return undefined;
  if (a.path === b.path) return 'equal';
  const [outer = '', inner = ''] = [a.path, b.path].toSorted((x, y) => x.length - y.length);
  return outer === '' || inner.startsWith(`${outer}/`) ? 'nested' : undefined;
}

/** `bucket/path`, for a sentence. */
export function placeInWords({ kind, bucket, path }: Place): string {
  return kind === 'folder' ? `/${path}` : `${kind}://${[bucket, path].filter(Boolean).join('/')}`;
}

/** The store of Zeebe's backups as the configuration of this tool names it. */
export function configuredStore({ zeebe: { store } }: ClusterConfig): Place | undefined {
  if (!store) return undefined;
  const { s3, gcs, azure, folder } = store;
  if (s3) return place('s3', s3.bucket, s3.basePath, s3.endpoint);
  if (gcs) return place('gcs', gcs.bucket, gcs.basePath);
  if (azure) return place('azure', azure.container, undefined, azure.endpoint);
  return place('folder', '', folder);
}

/** The store of Zeebe's backups as a broker shows it; NONE if it has none, undefined if it does not show it. */
export function shownStore(properties: Properties): Place | 'NONE' | undefined {
  const value = (below: string) => valueIn(properties, 'backup', below);
  // A name that is not used may be shown with its default, which is NONE.
  const named = valuesIn(properties, 'backup', 'store').map((name) => name.toUpperCase());
  const store = named.find((name) => name !== 'NONE') ?? named[0];
  if (store === 'S3') {
    return place('s3', value('s3.bucket-name'), value('s3.base-path'), value('s3.endpoint'));
  }
  if (store === 'GCS') return place('gcs', value('gcs.bucket-name'), value('gcs.base-path'));
  // An Azure container is named by `basePath` in the older versions.
  if (store === 'AZURE') {
    return place('azure', value('azure.container-name') ?? value('azure.base-path'), undefined);
  }
  if (store === 'FILESYSTEM') return place('folder', '', value('filesystem.base-path'));
  return store === 'NONE' ? 'NONE' : undefined;
}

/** The place of a snapshot repository; undefined if its type or its settings do not show one. */
export function repositoryPlace(definition: RepositoryDefinition | undefined): Place | undefined {
  const { type, settings = {} } = definition ?? {};
  const { bucket, container, base_path: basePath, endpoint, location } = settings;
  if (type === 's3' && bucket !== undefined) return place('s3', bucket, basePath, endpoint);
  if (type === 'gcs' && bucket !== undefined) return place('gcs', bucket, basePath);
  if (type === 'azure' && container !== undefined) return place('azure', container, basePath);
  return type === 'fs' && location?.startsWith('/') ? place('folder', '', location) : undefined;
}

function place(kind: Place['kind'], bucket = '', path = '', endpoint?: string): Place {
  return { kind, bucket, path: path.replace(/^\/+|\/+$/g, ''), endpoint: endpoint?.replace(/\/+$/, '') };
}

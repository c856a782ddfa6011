import { folderStore } from './folder.ts';
import { s3Store } from './s3.ts';
import type { ObjectStore } from './store.ts';

/**
 * Opens `s3://BUCKET/PATH?endpoint=URL&region=NAME` (all but the bucket may be missing; the credentials come from the
 * usual environment) or a folder, which need not exist. An object that is a store already is returned as it is.
 */
export function openStore(where: string | ObjectStore): ObjectStore {
  if (typeof where !== 'string') return where;
  return where.startsWith('s3://') ? s3Store(new URL(where)) : folderStore(where);
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { SnapshotRepository } from './repository.ts';
import type { RealStore } from './store.ts';

/**
 * What a store holds, read from its files: also while the server that wrote them is stopped, and without anybody
 * who could make it better than it is.
 */

const manifest = z.object({ statusCode: z.string() });

/** The state in a partition's manifest below a path such as `1/100/0`; undefined where none is. */
export type StateAt = (path: string) => Promise<string | undefined>;

/** Zeebe's backup: `in_progress`, `completed` or `failed` by partition. Left out is a partition that has not begun. */
export async function storedPartitions(
  stateAt: StateAt,
  partitions: number,
  id: number,
): Promise<Record<number, string>> {
  const states: Record<number, string> = {};
  for (let partition = 1; partition <= partitions; partition++) {
    // The one broker is node 0.
    const state = await stateAt(`${partition}/${id}/0`);
    if (state !== undefined) states[partition] = state;
  }
  return states;
}

/**
 * In the folder of s3rver's bucket. `half-written` where the server has begun to write the manifest, or what it keeps
 * beside an object.
 */
export function statesInFiles(bucketFolder: string): StateAt {
  return async (path) => {
    const folder = join(bucketFolder, path);
    const text = await textOf(join(folder, 'manifest.json._S3rver_object'));
    if (text === undefined) return undefined;
    try {
      for (const name of await readdir(folder, { recursive: true })) {
        // Not part of an answer, but s3rver lists nothing any more when it cannot read one.
        if (name.endsWith('._S3rver_metadata.json')) JSON.parse(await readFile(join(folder, name), 'utf8'));
      }
      return manifest.parse(JSON.parse(text)).statusCode;
    } catch (error) {
      if (error instanceof SyntaxError) return 'half-written';
      throw error;
    }
  };
}

/** In a store, below a path of its bucket. */
export function statesInStore({ client, bucket }: RealStore, basePath: string): StateAt {
  return async (path) => {
    try {
      const Key = `${basePath}/${path}/manifest.json`;
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return manifest.parse(JSON.parse((await Body?.transformToString()) ?? '')).statusCode;
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  };
}

/** The number that the search engine writes for SUCCESS. */
const success = 1;
const repositoryIndex = z.object({
  snapshots: z.array(z.object({ name: z.string(), state: z.number() })),
});

/** Names of the snapshots that are SUCCESS in a repository: its newest index lists them. */
export async function storedSnapshots({
  names,
  read,
}: Pick<SnapshotRepository, 'names' | 'read'>): Promise<string[]> {
  const generations = (await names()).flatMap((name) => {
    const generation = /^index-(\d+)$/.exec(name)?.[1];
    return generation === undefined ? [] : [Number(generation)];
  });
  if (generations.length === 0) return [];
  const newest = await read(`index-${Math.max(...generations)}`);
  const { snapshots } = repositoryIndex.parse(JSON.parse(newest));
  return snapshots.flatMap(({ name, state }) => (state === success ? [name] : []));
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectStore } from './store.ts';

/** Objects below a path in an S3 bucket, which may be that of another server than AWS's own. */
export function s3Store({ hostname: Bucket, pathname, searchParams }: URL): ObjectStore {
  const path = pathname.replace(/^\/+|\/+$/g, '');
  const root = path === '' ? '' : `${path}/`;
  const endpoint = searchParams.get('endpoint');
  const region = searchParams.get('region');
  const client = new S3Client({
    ...(region !== null && { region }),
    // A store that hangs is an error like one that refuses connections.
    requestHandler: { connectionTimeout: 5000, requestTimeout: 15_000, throwOnRequestTimeout: true },
    ...(endpoint !== null && {
      endpoint,
      forcePathStyle: true,
      // Some servers do not know the checksums that the client adds by default.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
  });
  return {
    kind: 's3',
    async put(key, Body) {
      await client.send(new PutObjectCommand({ Bucket, Key: root + key, Body }));
    },
    async get(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: root + key }));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async list(prefix) {
      const keys: string[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket, Prefix: root + prefix, ContinuationToken }),
        );
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key.slice(root.length));
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
      return keys.sort();
    },
    async delete(key) {
      await client.send(new DeleteObjectCommand({ Bucket, Key: root + key }));
    },
  };
}

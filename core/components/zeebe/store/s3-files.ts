import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { httpStatusOf } from '../../../connect/aws-client.ts';
import { awsError } from '../../../connect/aws-error.ts';
import { BackupError } from '../../../errors.ts';
import type { Reading, StoreFiles } from './files.ts';
import { readThrough } from './read-through.ts';

export interface S3Place {
  bucket: string;
  /** The base path of the store in the configuration of the brokers. */
  basePath?: string | undefined;
  client: S3Client;
}

/** The files of a store in S3. It needs s3:ListBucket on the bucket and s3:GetObject on the objects below the base path. */
export function s3Files({ bucket, basePath = '', client }: S3Place): StoreFiles {
  const trimmed = basePath.replace(/^\/+|\/+$/g, '');
  const root = trimmed === '' ? '' : `${trimmed}/`;
  const location = (name: string) => `s3://${bucket}/${root}${name}`;

  async function failed(what: string, permission: string, error: unknown): Promise<BackupError> {
    if (error instanceof BackupError) return error;
    const region = await client.config.region().catch(() => '');
    const allowed = `${permission}, and check the policy of the bucket`;
    return awsError(
      {
        what,
        service: 'S3',
        region,
        permission: allowed,
        // The answer to a HEAD has no body, so its code is not known.
        check:
          httpStatusOf(error) === 403
            ? `Allow ${allowed}.`
            : `Compare \`zeebe.store\` with the configuration of the brokers: the bucket ${bucket}, its region and its endpoint.`,
      },
      error,
    );
  }

  async function* pages(folder: string, what: Pick<ListObjectsV2CommandInput, 'Delimiter'> = {}) {
    let token: string | undefined;
    do {
      const page = await client
        .send(
          new ListObjectsV2Command({
            ...what,
            Bucket: bucket,
            Prefix: root + folder,
            ContinuationToken: token,
          }),
        )
        .catch(async (error: unknown) => {
          throw await failed(
            `${location(folder)} cannot be listed`,
            `s3:ListBucket on the bucket ${bucket} for the prefix ${root}*`,
            error,
          );
        });
      yield page;
      token = page.NextContinuationToken;
      if (page.IsTruncated === true && token === undefined) {
        throw new BackupError(
          'UnexpectedAnswer',
          `S3 listed a part of ${location(folder)} and did not say where the rest begins`,
        );
      }
    } while (token !== undefined);
  }

  async function get(name: string): Promise<Readable | undefined> {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: root + name }));
      if (!(Body instanceof Readable)) {
        throw new BackupError('UnexpectedAnswer', `S3 answered without the contents of ${location(name)}`);
      }
      return Body;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw await unreadable(name, error);
    }
  }

  const unreadable = (name: string, error: unknown) =>
    failed(`${location(name)} cannot be read`, `s3:GetObject on arn:aws:s3:::${bucket}/${root}*`, error);

  async function readFile(name: string, use: (piece: Buffer) => unknown, reading?: Reading) {
    const body = await get(name);
    if (body === undefined) return 'missing';
    await readThrough(body, use, (error) => unreadable(name, error), reading);
    return 'read';
  }

  return {
    async folders(folder) {
      const names: string[] = [];
      for await (const { CommonPrefixes = [] } of pages(folder, { Delimiter: '/' })) {
        for (const { Prefix } of CommonPrefixes) {
          if (Prefix !== undefined) names.push(Prefix.slice(root.length + folder.length, -1));
        }
      }
      return names;
    },

    async list(folder) {
      const files: { name: string; bytes: number }[] = [];
      for await (const { Contents = [] } of pages(folder)) {
        for (const { Key, Size } of Contents) {
          // Consoles create empty objects that end in a slash, to show a folder.
          if (Key !== undefined && !Key.endsWith('/')) {
            files.push({ name: Key.slice(root.length), bytes: Size ?? 0 });
          }
        }
      }
      return files;
    },

    async text(name) {
      const pieces: Buffer[] = [];
      const read = await readFile(name, (piece) => pieces.push(piece));
      return read === 'missing' ? undefined : Buffer.concat(pieces).toString('utf8');
    },

    read: readFile,

    async replication(name) {
      try {
        const { ReplicationStatus } = await client.send(
          new HeadObjectCommand({ Bucket: bucket, Key: root + name }),
        );
        return ReplicationStatus;
      } catch (error) {
        throw await unreadable(name, error);
      }
    },

    home: location(''),
    location,
    close: () => client.destroy(),
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && error.name === 'NoSuchKey';
}

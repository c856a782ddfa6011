/**
 * The ledger in an S3 bucket, for the state machine and for every command that shares its lock. Each document is one
 * object. It needs s3:GetObject, s3:PutObject and s3:DeleteObject on the objects, and s3:ListBucket on the bucket.
 * Encryption is configured at the bucket.
 *
 * S3 decides which writer wins, with conditional writes (`If-None-Match: *` and `If-Match`):
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * Another server must implement them too. A server that ignores them would overwrite the locks of other runs.
 *
 * Texts for create and replace must be unique to their writer (contain a run id). That distinguishes a write whose
 * answer was lost from the write of another run.
 */
import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import * as z from 'zod';
import { systemClock } from '../../clock.ts';
import { httpStatusOf } from '../../connect/aws-client.ts';
import { checkKey, checkPrefix } from './key.ts';
import { isMissing, s3CodeOf, s3Failures, type Verb } from './s3-errors.ts';
import type { Store } from './store.ts';

/** A conflict lasts as long as the other write of a small object. The waits between these tries total about 0.5 s. */
const conflictAttempts = 5;

export interface S3StoreOptions {
  bucket: string;
  /** The prefix of every key. It may be empty; slashes at its ends do not matter. */
  prefix: string;
  client: S3Client;
  /** The endpoint of the client, if it has one. It is examined if S3 does not answer, and decides the checksum. */
  endpoint?: string | undefined;
}

/** The SDK returns only headers of the object, so the date is read from the raw response. */
const withDate = z.object({ headers: z.object({ date: z.string() }) });

type Condition = { IfNoneMatch: '*' } | { IfMatch: string };

export function s3Store({ bucket, prefix, client, endpoint }: S3StoreOptions): Store {
  const trimmed = prefix.replace(/^\/+|\/+$/g, '');
  const root = trimmed === '' ? '' : `${trimmed}/`;
  const objectOf = (key: string) => {
    checkKey(key);
    return { Bucket: bucket, Key: root + key };
  };
  const failed = s3Failures(client, { bucket, root, endpoint });

  async function get<T>(key: string, use: (answer: GetObjectCommandOutput, date: string) => Promise<T>) {
    const command = new GetObjectCommand(objectOf(key));
    let date = '';
    command.middlewareStack.add(
      (next) => async (request) => {
        const result = await next(request);
        date = withDate.safeParse(result.response).data?.headers.date ?? '';
        return result;
      },
      { step: 'deserialize' },
    );
    try {
      return await use(await client.send(command), date);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw await failed('read', key, error);
    }
  }

  function read(key: string) {
    return get(key, async ({ Body, ETag }) => {
      if (Body === undefined || ETag === undefined) throw new Error('the answer has no body or no ETag');
      return { text: await Body.transformToString('utf-8'), version: ETag };
    });
  }

  function ageOf(key: string) {
    return get(key, async ({ Body, LastModified }, date) => {
      // An unread body would keep its connection open.
      await Body?.transformToByteArray();
      const seconds = (Date.parse(date) - (LastModified?.getTime() ?? Number.NaN)) / 1000;
      if (Number.isNaN(seconds)) throw new Error('the answer has no Last-Modified or no Date');
      return Math.max(0, seconds);
    });
  }

  async function put(key: string, text: string, condition?: Condition) {
    // The client treats an empty string as a missing body, so bytes are sent.
    const body = Buffer.from(text, 'utf8');
    await client.send(
      new PutObjectCommand({
        ...objectOf(key),
        Body: body,
        ContentType: 'application/json',
        // A bucket with Object Lock requires a checksum, and MD5 is the one that every server knows. Without an endpoint,
        // the client adds a better one.
        ...(endpoint === undefined ? {} : { ContentMD5: createHash('md5').update(body).digest('base64') }),
        ...condition,
      }),
    );
  }

  async function putIf(verb: Verb, key: string, text: string, condition: Condition): Promise<boolean> {
    checkKey(key);
    for (let attempt = 1; ; attempt++) {
      try {
        await put(key, text, condition);
        return true;
      } catch (error) {
        // The client retries a write whose answer was lost, and then the condition fails on our own object. Only its
        // text shows that, because it contains the run id of its writer.
        if (httpStatusOf(error) === 412) return (await read(key))?.text === text;
        if ('IfMatch' in condition && isMissing(error)) return false;
        if (s3CodeOf(error) !== 'ConditionalRequestConflict') throw await failed(verb, key, error);
        if (attempt < conflictAttempts) {
          await systemClock.sleep(30 * 2 ** (attempt - 1) * (0.75 + Math.random() / 2));
          continue;
        }
        const there = await read(key);
        if (there?.text === text) return true;
        const lost = 'IfMatch' in condition ? there?.version !== condition.IfMatch : there !== undefined;
        if (lost) return false;
        throw await failed(verb, key, error);
      }
    }
  }

  async function* pages(
    what: Pick<ListObjectsV2CommandInput, 'Delimiter' | 'StartAfter'>,
    keyPrefix: string,
  ) {
    checkPrefix(keyPrefix);
    let token: string | undefined;
    do {
      const page = await client
        .send(
          new ListObjectsV2Command({
            ...what,
            Bucket: bucket,
            Prefix: root + keyPrefix,
            ContinuationToken: token,
          }),
        )
        .catch(async (error: unknown) => {
          throw await failed('list', keyPrefix, error);
        });
      yield page;
      token = page.NextContinuationToken;
      if (page.IsTruncated === true && token === undefined) {
        const error = new Error('the answer is truncated and has no continuation token');
        throw await failed('list', keyPrefix, error);
      }
    } while (token !== undefined);
  }

  async function list(keyPrefix: string) {
    const keys: string[] = [];
    for await (const { Contents = [] } of pages({}, keyPrefix)) {
      for (const { Key } of Contents) {
        // Consoles create empty objects that end in a slash, to show a folder.
        if (Key !== undefined && !Key.endsWith('/')) keys.push(Key.slice(root.length));
      }
    }
    return keys.sort();
  }

  async function folders(folder: string, after = '') {
    const names: string[] = [];
    const inside = root + folder;
    const what = { Delimiter: '/', ...(after === '' ? {} : { StartAfter: inside + after }) };
    for await (const { CommonPrefixes = [] } of pages(what, folder)) {
      for (const { Prefix } of CommonPrefixes) {
        if (Prefix !== undefined) names.push(Prefix.slice(inside.length, -1));
      }
    }
    return names.sort();
  }

  return {
    read,
    ageOf,
    list,
    folders,
    create: (key, text) => putIf('create', key, text, { IfNoneMatch: '*' }),
    replace: (key, text, version) => putIf('replace', key, text, { IfMatch: version }),
    async write(key, text) {
      checkKey(key);
      try {
        await put(key, text);
      } catch (error) {
        throw await failed('write', key, error);
      }
    },
    async remove(key) {
      const object = objectOf(key);
      try {
        await client.send(new DeleteObjectCommand(object));
      } catch (error) {
        if (!isMissing(error)) throw await failed('remove', key, error);
      }
    },
    // A missing bucket makes every call fail.
    exists: async () => true,
    home: `s3://${bucket}/${root}`,
    location(key) {
      checkKey(key);
      return `s3://${bucket}/${root}${key}`;
    },
  };
}

/**
 * The ledger in an S3 bucket: for the state machine, and for every command that shares its lock. One document is
 * one object. Needs s3:GetObject, s3:PutObject and s3:DeleteObject on the objects, and s3:ListBucket on the
 * bucket. Encryption is the bucket's business.
 *
 * S3 decides who wins, with conditional writes (`If-None-Match: *` and `If-Match`):
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * Another server must implement them too: one that ignores them overwrites other runs' locks.
 *
 * Texts for create and replace must be their writer's own (hold a run id): that is how a write whose answer was
 * lost is told from another's.
 */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import * as z from 'zod';
import { systemClock } from '../clock.ts';
import { BackupError, describe } from '../errors.ts';
import { checkKey, checkPrefix } from './folder-store.ts';
import type { Store } from './store.ts';

/** A conflict lasts as long as the other's write of a small object; the waits between these tries add up to about 0.5 s. */
const conflictAttempts = 5;

export interface S3ClientOptions {
  /** Without one: AWS_REGION, or the profile's. */
  region?: string | undefined;
  /** A server that is not AWS's own, or a VPC endpoint. */
  endpoint?: string | undefined;
  /** `http://host/bucket/key` instead of `http://bucket.host/key`; what most servers other than AWS's need. */
  forcePathStyle?: boolean | undefined;
}

/** A client that never waits for long: at most 4 attempts of 8 s, with the pauses between them below 40 s. */
export function s3Client({ region, endpoint, forcePathStyle }: S3ClientOptions = {}): S3Client {
  return new S3Client({
    ...(region === undefined ? {} : { region }),
    // Servers other than AWS's do not all know the checksums that the client adds by itself.
    ...(endpoint === undefined
      ? {}
      : {
          endpoint,
          requestChecksumCalculation: 'WHEN_REQUIRED',
          responseChecksumValidation: 'WHEN_REQUIRED',
        }),
    ...(forcePathStyle === undefined ? {} : { forcePathStyle }),
    maxAttempts: 4,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 8_000,
      // Without it the client only logs a warning and goes on waiting.
      throwOnRequestTimeout: true,
      // For an answer that begins and then stalls.
      socketTimeout: 8_000,
    },
  });
}

export interface S3StoreOptions {
  bucket: string;
  /** What comes before every key; slashes at its ends do not matter, and it may be empty. */
  prefix: string;
  client: S3Client;
}

/** The SDK hands over no header but those that belong to the object. */
const withDate = z.object({ headers: z.object({ date: z.string() }) });

type Condition = { IfNoneMatch: '*' } | { IfMatch: string };

export function s3Store({ bucket, prefix, client }: S3StoreOptions): Store {
  const trimmed = prefix.replace(/^\/+|\/+$/g, '');
  const root = trimmed === '' ? '' : `${trimmed}/`;
  const objectOf = (key: string) => {
    checkKey(key);
    return { Bucket: bucket, Key: root + key };
  };
  const failed = (verb: Verb, key: string, error: unknown) => failure(verb, bucket, root, key, error);

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
      throw failed('read', key, error);
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
      // A body that nobody reads keeps its connection.
      await Body?.transformToByteArray();
      const seconds = (Date.parse(date) - (LastModified?.getTime() ?? Number.NaN)) / 1000;
      if (Number.isNaN(seconds)) throw new Error('the answer has no Last-Modified or no Date');
      return Math.max(0, seconds);
    });
  }

  async function put(key: string, text: string, condition?: Condition) {
    // As bytes: the client takes an empty string for no body at all.
    const body = Buffer.from(text, 'utf8');
    await client.send(
      new PutObjectCommand({ ...objectOf(key), Body: body, ContentType: 'application/json', ...condition }),
    );
  }

  async function putIf(verb: Verb, key: string, text: string, condition: Condition): Promise<boolean> {
    checkKey(key);
    for (let attempt = 1; ; attempt++) {
      try {
        await put(key, text, condition);
        return true;
      } catch (error) {
        // The client repeats a write whose answer was lost, and then the condition fails on our own object. Only
        // its text can tell: it holds the run id of whoever wrote it.
        if (statusOf(error) === 412) return (await read(key))?.text === text;
        if ('IfMatch' in condition && isMissing(error)) return false;
        if (codeOf(error) !== 'ConditionalRequestConflict') throw failed(verb, key, error);
        if (attempt < conflictAttempts) {
          await systemClock.sleep(30 * 2 ** (attempt - 1) * (0.75 + Math.random() / 2));
          continue;
        }
        const there = await read(key);
        if (there?.text === text) return true;
        const lost = 'IfMatch' in condition ? there?.version !== condition.IfMatch : there !== undefined;
        if (lost) return false;
        throw failed(verb, key, error);
      }
    }
  }

  async function list(keyPrefix: string) {
    checkPrefix(keyPrefix);
    const keys: string[] = [];
    let token: string | undefined;
    try {
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: root + keyPrefix, ContinuationToken: token }),
        );
        for (const { Key } of page.Contents ?? []) {
          // Consoles make empty objects that end in a slash, to show a folder.
          if (Key !== undefined && !Key.endsWith('/')) keys.push(Key.slice(root.length));
        }
        token = page.NextContinuationToken;
        if (page.IsTruncated === true && token === undefined) {
          throw new Error('the answer is truncated and has no continuation token');
        }
      } while (token !== undefined);
    } catch (error) {
      throw failed('list', keyPrefix, error);
    }
    return keys.sort();
  }

  return {
    read,
    ageOf,
    list,
    create: (key, text) => putIf('create', key, text, { IfNoneMatch: '*' }),
    replace: (key, text, version) => putIf('replace', key, text, { IfMatch: version }),
    async write(key, text) {
      checkKey(key);
      try {
        await put(key, text);
      } catch (error) {
        throw failed('write', key, error);
      }
    },
    async remove(key) {
      const object = objectOf(key);
      try {
        await client.send(new DeleteObjectCommand(object));
      } catch (error) {
        if (!isMissing(error)) throw failed('remove', key, error);
      }
    },
    location(key) {
      checkKey(key);
      return `s3://${bucket}/${root}${key}`;
    },
  };
}

const operations = {
  read: 'GetObject',
  create: 'PutObject with If-None-Match',
  write: 'PutObject',
  replace: 'PutObject with If-Match',
  remove: 'DeleteObject',
  list: 'ListObjectsV2',
} as const;

type Verb = keyof typeof operations;

function failure(verb: Verb, bucket: string, root: string, key: string, error: unknown): BackupError {
  const status = statusOf(error);
  const answer = status === undefined ? 'no answer of S3' : `HTTP ${status}`;
  const code = codeOf(error);
  const words = describe(error);
  const what = code === undefined || words.startsWith(code) ? words : `${code}: ${words}`;
  return new BackupError(
    'LedgerError',
    `Cannot ${verb} s3://${bucket}/${root}${key} (${operations[verb]}, ${answer}): ${what}`,
    {
      remedy: remedyFor(verb, bucket, root, code, status, words),
      cause: error,
      ...(status === undefined ? {} : { status }),
    },
  );
}

function remedyFor(
  verb: Verb,
  bucket: string,
  root: string,
  code: string | undefined,
  status: number | undefined,
  words: string,
): string {
  const objects = `arn:aws:s3:::${bucket}/${root}*`;
  switch (code) {
    case 'NoSuchBucket':
      return `Create the bucket ${bucket}, or correct the bucket in the configuration.`;
    case 'CredentialsProviderError':
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'ExpiredToken':
    case 'ExpiredTokenException':
    case 'InvalidToken':
    case 'TokenRefreshRequired':
      return 'Provide valid AWS credentials: a role, a profile (AWS_PROFILE; renew it with aws sso login), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.';
    case 'RequestTimeTooSkewed':
      return "Set this machine's clock.";
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'IllegalLocationConstraintException':
      return `Set the region of the ledger to the region of the bucket ${bucket}.`;
    case 'SlowDown':
    case 'ServiceUnavailable':
    case 'InternalError':
      return 'S3 is in trouble or throttles; try again in some minutes.';
    case 'NotImplemented':
      return 'Use a server that implements conditional writes (If-None-Match and If-Match of PutObject); without them the lock protects nothing.';
  }
  if (words.startsWith('Region is missing')) return 'Set the region of the ledger, or AWS_REGION.';
  if (status === 403) {
    if (words.includes('kms:')) {
      return `The bucket ${bucket} is encrypted with a KMS key: allow kms:GenerateDataKey and kms:Decrypt on it.`;
    }
    switch (verb) {
      case 'read':
        return `Allow s3:GetObject on ${objects} and s3:ListBucket on arn:aws:s3:::${bucket} (without s3:ListBucket, S3 answers 403 for a document that does not exist), and check the bucket's policy.`;
      case 'create':
      case 'write':
        return `Allow s3:PutObject on ${objects}, and check the bucket's policy.`;
      case 'replace':
        return `Allow s3:PutObject and s3:GetObject (If-Match needs both) on ${objects}, and check the bucket's policy.`;
      case 'remove':
        return `Allow s3:DeleteObject on ${objects}, and check the bucket's policy.`;
      case 'list':
        return `Allow s3:ListBucket on arn:aws:s3:::${bucket}, and check the bucket's policy.`;
    }
  }
  if (status === 404)
    return `Check the bucket ${bucket}, the endpoint and forcePathStyle in the configuration.`;
  if (status === 429 || (status !== undefined && status >= 500)) {
    return 'S3 is in trouble or throttles; try again in some minutes.';
  }
  if (status === undefined) {
    return 'Check that S3 can be reached from here: the endpoint and the region in the configuration, DNS, proxies, and in a VPC the S3 endpoint or the NAT gateway.';
  }
  return `Check the bucket ${bucket}, the region and the endpoint in the configuration.`;
}

/** The document is not there (and the bucket is). */
function isMissing(error: unknown): boolean {
  return codeOf(error) === 'NoSuchKey';
}

/** S3's own code (the client uses it as the error's name), or the network's. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name !== 'Error' && error.name !== 'AggregateError') return error.name;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The HTTP status of S3's answer; undefined when there was none. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

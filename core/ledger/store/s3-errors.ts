import type { S3Client } from '@aws-sdk/client-s3';
import { httpStatusOf } from '../../connect/aws-client.ts';
import { credentialsRemedy } from '../../connect/aws-error.ts';
import { partitionOf } from '../../connect/aws-partition.ts';
import { isOfTls, obstacleAt } from '../../connect/connection.ts';
import { BackupError, describe } from '../../errors.ts';

const operations = {
  read: 'GetObject',
  create: 'PutObject with If-None-Match',
  write: 'PutObject',
  replace: 'PutObject with If-Match',
  remove: 'DeleteObject',
  list: 'ListObjectsV2',
} as const;

export type Verb = keyof typeof operations;

/** A request to S3. */
interface S3Call {
  verb: Verb;
  bucket: string;
  root: string;
  key: string;
  endpoint: string | undefined;
  /** The region of the client; undefined if there is none. */
  region: string | undefined;
  /** True if S3 has answered before, so that there were credentials. */
  hasAnswered: boolean;
}

/** Returns a function that turns an error of `client` into LedgerError if it may pass, and into LedgerUnusable otherwise. */
export function s3Failures(client: S3Client, place: Pick<S3Call, 'bucket' | 'root' | 'endpoint'>) {
  let hasAnswered = false;
  client.middlewareStack.add(
    (next) => async (request) => {
      const result = await next(request);
      hasAnswered = true;
      return result;
    },
    // At this place an answer that refuses is not an error yet.
    { step: 'deserialize', priority: 'low' },
  );
  return async (verb: Verb, key: string, error: unknown): Promise<BackupError> => {
    const region = await client.config.region().catch(() => undefined);
    return s3Failure({ ...place, verb, key, region, hasAnswered }, error);
  };
}

async function s3Failure(call: S3Call, error: unknown): Promise<BackupError> {
  const { verb, bucket, root, key } = call;
  const status = httpStatusOf(error);
  const answer = status === undefined ? 'no answer of S3' : `HTTP ${status}`;
  const code = s3CodeOf(error);
  const words = describe(error);
  const what = code === undefined || words.startsWith(code) ? words : `${code}: ${words}`;
  const obstacle = await obstacleOf(call, status, code, words, error);
  return new BackupError(
    obstacle.passes ? 'LedgerError' : 'LedgerUnusable',
    `Cannot ${verb} s3://${bucket}/${root}${key} (${operations[verb]}, ${answer}): ${obstacle.what ?? what}`,
    { remedy: obstacle.remedy, cause: error, ...(status === undefined ? {} : { status }) },
  );
}

async function obstacleOf(
  call: S3Call,
  status: number | undefined,
  code: string | undefined,
  words: string,
  error: unknown,
): Promise<{ passes: boolean; remedy: string; what?: string }> {
  const remedy = s3Remedy(call, code, status, words);
  if (status !== undefined) return { passes: mayPass(status, code), remedy };
  // A role's credentials are renewed from time to time, and what provides them may be in trouble just then.
  if (isOfThisMachine(code, words)) return { passes: call.hasAnswered, remedy };
  const address = call.endpoint ?? (isOfTls(code) ? 'https://s3.amazonaws.com' : undefined);
  const isOfNetwork = error instanceof Error && 'code' in error;
  if (address === undefined || !isOfNetwork) return { passes: true, remedy };
  const seen = await obstacleAt(address, error);
  return { ...seen, remedy: `${seen.remedy} This is the endpoint of the ledger (ledger.s3.endpoint).` };
}

/** True if a retry may help. Of the 4xx answers, only those about a late, early or too frequent request pass. */
function mayPass(status: number, code: string | undefined): boolean {
  if (code === 'NotImplemented') return false;
  if (code === 'RequestTimeout' || /Throttl/.test(code ?? '')) return true;
  return status >= 500 || [200, 408, 409, 412, 429].includes(status);
}

/** True for an error of this machine without a request: credentials or a region are missing. */
function isOfThisMachine(code: string | undefined, words: string): boolean {
  return code === 'CredentialsProviderError' || words.startsWith('Region is missing');
}

function s3Remedy(
  { verb, bucket, root, region = '' }: S3Call,
  code: string | undefined,
  status: number | undefined,
  words: string,
): string {
  const bucketArn = `arn:${partitionOf(region)}:s3:::${bucket}`;
  const objects = `${bucketArn}/${root}*`;
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
      return credentialsRemedy;
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
        return `Allow s3:GetObject on ${objects} and s3:ListBucket on ${bucketArn} (without s3:ListBucket, S3 answers 403 for a document that does not exist), and check the bucket's policy.`;
      case 'create':
      case 'write':
        return `Allow s3:PutObject on ${objects}, and check the bucket's policy.`;
      case 'replace':
        return `Allow s3:PutObject and s3:GetObject (If-Match needs both) on ${objects}, and check the bucket's policy.`;
      case 'remove':
        return `Allow s3:DeleteObject on ${objects}, and check the bucket's policy.`;
      case 'list':
        return `Allow s3:ListBucket on ${bucketArn}, and check the bucket's policy.`;
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

/** True if the document is missing but the bucket exists. */
export function isMissing(error: unknown): boolean {
  return s3CodeOf(error) === 'NoSuchKey';
}

/** Reads S3's own code, which the client uses as the error's name, or the code of a network error. */
export function s3CodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name !== 'Error' && error.name !== 'AggregateError') return error.name;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

import { S3Client } from '@aws-sdk/client-s3';
import { awsPatience } from './aws-client.ts';

export interface S3ClientOptions {
  /** The default is AWS_REGION or the region of the profile. */
  region?: string | undefined;
  /** A server that is not AWS's own, or a VPC endpoint. */
  endpoint?: string | undefined;
  /** `http://host/bucket/key` instead of `http://bucket.host/key`; what most servers other than AWS's need. */
  forcePathStyle?: boolean | undefined;
}

/** Makes a client with short timeouts. */
export function s3Client({ region, endpoint, forcePathStyle }: S3ClientOptions = {}): S3Client {
  return new S3Client({
    ...(region === undefined ? {} : { region }),
    // Some servers other than AWS do not know the checksums that the client adds by default.
    ...(endpoint === undefined
      ? {}
      : {
          endpoint,
          requestChecksumCalculation: 'WHEN_REQUIRED',
          responseChecksumValidation: 'WHEN_REQUIRED',
        }),
    ...(forcePathStyle === undefined ? {} : { forcePathStyle }),
    ...awsPatience,
  });
}

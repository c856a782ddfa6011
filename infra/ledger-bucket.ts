import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Deployable } from './configuration.ts';

/** The place of the ledger: a bucket and the prefix of every key, which ends with a slash or is empty. */
export interface LedgerPlace {
  bucket: Bucket;
  prefix: string;
}

/**
 * The bucket of the ledger: locks, manifests, and the memory of the watchdog. Only the ledger records which snapshots
 * belong together, so the bucket stays when the stack is deleted, unless `removalPolicy` says otherwise. A first
 * deployment that fails deletes it again: it is empty, and its name would prevent the next deployment.
 */
export function ledgerBucket(scope: Construct, { config, deployment }: Deployable): LedgerPlace {
  const { s3 } = config.ledger;
  const { removalPolicy, objectLock } = deployment;
  const bucket = new Bucket(scope, 'Ledger', {
    ...(s3 ? { bucketName: s3.bucket } : {}),
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    // A run writes its lock several times, and old versions are only useful for a while.
    lifecycleRules: [
      {
        id: 'old-versions',
        noncurrentVersionExpiration: Duration.days(90),
        expiredObjectDeleteMarker: true,
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
    // CloudFormation replaces a bucket to enable this, and the ledger would begin anew. It costs nothing without a retention.
    objectLockEnabled: true,
    ...(objectLock === undefined
      ? {}
      : { objectLockDefaultRetention: ObjectLockRetention.governance(Duration.seconds(objectLock)) }),
    ...(removalPolicy === 'destroy'
      ? { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true }
      : { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE }),
  });
  acknowledge(
    bucket,
    'AwsSolutions-S1',
    'Only the functions of this stack write to the bucket, and every write is versioned. A log bucket would need its own maintenance. CloudTrail data events can record who reads what, if that is needed.',
  );
  return { bucket, prefix: s3?.prefix ? `${s3.prefix}/` : '' };
}

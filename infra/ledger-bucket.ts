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

/** Where the ledger is: the stack's own bucket, and what comes before every key (with a slash at its end, or ''). */
export interface LedgerPlace {
  bucket: Bucket;
  prefix: string;
}

/**
 * The bucket of the ledger: locks, manifests, and what the watchdog remembers. Without it nobody knows which
 * snapshots belong together: it stays when the stack is deleted, unless `removalPolicy` says otherwise.
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
    // A lock is written several times in a run and then deleted: its versions are of use for a while only.
    lifecycleRules: [
      {
        id: 'old-versions',
        noncurrentVersionExpiration: Duration.days(90),
        expiredObjectDeleteMarker: true,
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
    ...(objectLock === undefined
      ? {}
      : {
          objectLockEnabled: true,
          objectLockDefaultRetention: ObjectLockRetention.governance(Duration.seconds(objectLock)),
        }),
    ...(removalPolicy === 'destroy'
      ? { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true }
      : { removalPolicy: RemovalPolicy.RETAIN }),
  });
  acknowledge(
    bucket,
    'AwsSolutions-S1',
    'Written by the functions of this stack only, each write versioned. A log bucket would need a keeper of its own; CloudTrail data events say who read what, where that is wanted.',
  );
  return { bucket, prefix: s3?.prefix ? `${s3.prefix}/` : '' };
}

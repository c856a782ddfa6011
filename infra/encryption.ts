import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Alerts } from './alerts-topic.ts';

/**
 * Encrypts the ledger, the logs and the environment of the functions with a key of the app. The topic has it already,
 * because the alarms and the functions need statements for that. Every role may use the key.
 */
export function encryptAll(scope: Construct, key: IKey, alerts: Alerts): void {
  for (const resource of scope.node.findAll()) {
    if (resource instanceof CfnFunction) resource.kmsKeyArn = key.keyArn;
    if (resource instanceof CfnLogGroup) resource.kmsKeyId = key.keyArn;
    if (resource instanceof CfnBucket) resource.bucketEncryption = encryptionWith(key);
    if (resource instanceof Role) {
      resource.addToPolicy(
        new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key.keyArn] }),
      );
    }
  }
  // The policy of an imported key cannot be changed here.
  key.addToResourcePolicy(logsMayUseTheKey(scope));
  const [ofAlarms] = alerts.keyPolicy ?? [];
  if (ofAlarms) key.addToResourcePolicy(ofAlarms);
}

function encryptionWith(key: IKey): CfnBucket.BucketEncryptionProperty {
  return {
    serverSideEncryptionConfiguration: [
      {
        // Without a key of the bucket, S3 would ask KMS for every document.
        bucketKeyEnabled: true,
        serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key.keyArn },
      },
    ],
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
function logsMayUseTheKey(scope: Construct): PolicyStatement {
  const stack = Stack.of(scope);
  return new PolicyStatement({
    sid: 'CloudWatchLogs',
    principals: [new ServicePrincipal(`logs.${stack.region}.${stack.urlSuffix}`)],
    actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
    resources: ['*'],
    conditions: {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': stack.formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: '*',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      },
    },
  });
}

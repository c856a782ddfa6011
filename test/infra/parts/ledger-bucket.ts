import { test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { fullConfiguration, smallConfiguration, templateOf } from '../stack.ts';

test('The ledger is private, encrypted, versioned, reached over TLS only, and stays when the stack goes', async () => {
  const template = await templateOf(fullConfiguration);
  template.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketName: 'my-company-camunda-backups',
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: Match.anyValue(),
      ObjectLockEnabled: true,
      ObjectLockConfiguration: Match.absent(),
    },
  });
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({ Effect: 'Deny', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
      ]),
    },
  });
});

test('The bucket of the ledger has no name of its own where none is configured', async () => {
  (await templateOf(smallConfiguration)).hasResourceProperties('AWS::S3::Bucket', {
    BucketName: Match.absent(),
  });
});

test('The ledger goes with the stack where that is configured', async () => {
  const template = await templateOf(`${smallConfiguration}\ndeployment: { removalPolicy: destroy }`);
  template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
});

test('An object lock holds every document of the ledger for as long as configured', async () => {
  const template = await templateOf(`${smallConfiguration}\ndeployment: { objectLock: 30d }`);
  template.hasResourceProperties('AWS::S3::Bucket', {
    ObjectLockEnabled: true,
    ObjectLockConfiguration: { Rule: { DefaultRetention: { Days: 30, Mode: 'GOVERNANCE' } } },
  });
});

import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { type Config, secretsOf } from '../core/config/schema.ts';
import * as keys from '../core/ledger/keys.ts';
import type { FunctionDefinition, LedgerDocument } from '../lambdas/definition.ts';
import { acknowledge, acknowledgeWildcard } from './acknowledge.ts';
import type { LedgerPlace } from './ledger-bucket.ts';

const keyOf = { ...keys };

/** The keys of such documents, of every cluster and backup. */
export function keyPatternOf(document: LedgerDocument): string {
  return keyOf[document]('*', '*', '*');
}

/** What a function may do with the ledger: exact actions on exact patterns of keys. */
export function allowLedger(role: Role, definition: FunctionDefinition, place: LedgerPlace): void {
  const allow = (action: string, documents: LedgerDocument[]) => {
    if (documents.length === 0) return;
    const resources = documents.map((document) =>
      place.bucket.arnForObjects(place.prefix + keyPatternOf(document)),
    );
    role.addToPolicy(new PolicyStatement({ actions: [action], resources }));
    for (const resource of resources) {
      acknowledgeWildcard(
        role,
        resource,
        'The wildcards stand for the names of clusters and the ids of backups.',
      );
    }
  };
  allow('s3:GetObject', definition.ledger.read);
  allow('s3:PutObject', definition.ledger.write);
  role.addToPolicy(listStatement(definition, place));
}

/**
 * Every function that reads has this, not only those that list: without it S3 answers 403 for a document that is
 * not there, and the ledger lives on the 404. `IfExists`, because AWS does not say what `s3:prefix` is in the check
 * behind a GetObject: the key (then it matches one of these patterns) or absent (then only IfExists keeps the 404).
 * What it leaves open, a list without any prefix, tells names only, in a bucket that holds nothing else.
 */
function listStatement(
  { ledger, needs }: FunctionDefinition,
  { bucket, prefix }: LedgerPlace,
): PolicyStatement {
  const patterns = [
    ...ledger.read.map(keyPatternOf),
    ...(needs.includes('listOfBackups') ? [`${keyPatternOf('backups')}*`] : []),
  ];
  return new PolicyStatement({
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { StringLikeIfExists: { 's3:prefix': patterns.map((pattern) => prefix + pattern) } },
  });
}

/** The secrets that the configuration names, and what decrypts them where they have a key of their own. */
export function allowSecrets(role: Role, config: Config): void {
  const arns = secretArns(config);
  if (arns.length === 0) return;
  const { partition, urlSuffix } = Stack.of(role);
  const regions = [...new Set(arns.map((arn) => arn.split(':')[3] ?? ''))];
  const anyKey = `arn:${partition}:kms:*:*:key/*`;
  role.addToPolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: arns }));
  role.addToPolicy(
    new PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [anyKey],
      conditions: {
        StringEquals: {
          'kms:EncryptionContext:SecretARN': arns,
          'kms:ViaService': regions.map((region) => `secretsmanager.${region}.${urlSuffix}`),
        },
      },
    }),
  );
  acknowledgeWildcard(
    role,
    anyKey,
    'Which key encrypts a secret is not in the configuration; the encryption context holds this to its secrets.',
  );
}

function secretArns({ clusters }: Config): string[] {
  const arns = Object.values(clusters)
    .flatMap(secretsOf)
    .flatMap(({ ref }) => ('secretsManager' in ref ? [ref.secretsManager] : []));
  return [...new Set(arns)].sort();
}

/** What Lambda itself does with the function's role: traces, and the network interfaces in a VPC. */
export function allowLambdaItself(role: Role, { inVpc }: { inVpc: boolean }): void {
  if (inVpc) {
    role.addToPolicy(
      new PolicyStatement({
        actions: [
          'ec2:CreateNetworkInterface',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSubnets',
          'ec2:DeleteNetworkInterface',
          'ec2:AssignPrivateIpAddresses',
          'ec2:UnassignPrivateIpAddresses',
        ],
        resources: ['*'],
      }),
    );
  }
  // CDK allows the traces by itself.
  const ec2 = inVpc ? ', and EC2 none for the network interfaces of a function in a VPC' : '';
  acknowledge(role, 'AwsSolutions-IAM5[Resource::*]', `X-Ray knows no resource to narrow traces to${ec2}.`);
}

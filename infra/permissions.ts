import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { NamedSecret } from '../core/config/address.ts';
import { type Config, secretsOf, secretsOfNotify } from '../core/config/schema.ts';
import { domainIn } from '../core/connect/open-search-service.ts';
import { eventDetails, eventSource } from '../core/event.ts';
import * as keys from '../core/ledger/keys.ts';
import type { FunctionDefinition, LedgerDocument } from '../lambdas/definition.ts';
import { acknowledge, acknowledgeWildcard } from './acknowledge.ts';
import type { LedgerPlace } from './ledger-bucket.ts';

const keyOf = { ...keys };

/** The pattern of the keys of a kind of document, for all clusters and backups. */
export function keyPatternOf(document: LedgerDocument): string {
  return keyOf[document]('*', '*', '*');
}

/** Allows a function exactly its actions on its patterns of keys in the ledger. */
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
 * Allows ListBucket. Every function that reads needs this, not only those that list: without it S3 answers 403 instead
 * of 404 for a missing document (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html), and the ledger
 * depends on the 404. The condition is `IfExists`, because AWS does not document the value of `s3:prefix` in the check
 * behind a GetObject: it may be the key, which matches one of these patterns, or absent, where only IfExists keeps the
 * 404. So a list without any prefix is allowed, which only shows names in a bucket that contains nothing else.
 */
export function listStatement(
  { ledger, needs }: FunctionDefinition,
  { bucket, prefix }: LedgerPlace,
): PolicyStatement {
  const patterns = [
    ...ledger.read.map(keyPatternOf),
    ...(needs.includes('listOfBackups') ? [`${keyPatternOf('backups')}*`] : []),
    ...(needs.includes('listOfCluster') ? [keyPatternOf('all')] : []),
  ];
  return new PolicyStatement({
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { StringLikeIfExists: { 's3:prefix': patterns.map((pattern) => prefix + pattern) } },
  });
}

/**
 * The most secrets in one statement. The CDK moves whole statements into managed policies if a role's inline policy
 * becomes larger than the 10,240 characters that IAM allows, and a managed policy may have 6,144.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const secretsInStatement = 15;

/**
 * Allows a role to read the configured secrets, and to decrypt those that have their own key: those of the clusters for a
 * function that calls them, and the key of the webhook for one that tells people.
 */
export function allowSecrets(
  role: Role,
  { clusters, notify }: Config,
  { needs }: Pick<FunctionDefinition, 'needs'>,
): void {
  const arns = arnsOf([
    ...(needs.includes('secrets') ? Object.values(clusters).flatMap(secretsOf) : []),
    ...(needs.includes('alerts') ? secretsOfNotify(notify) : []),
  ]);
  const { partition, urlSuffix } = Stack.of(role);
  const anyKey = `arn:${partition}:kms:*:*:key/*`;
  for (let index = 0; index < arns.length; index += secretsInStatement) {
    const some = arns.slice(index, index + secretsInStatement);
    const regions = [...new Set(some.map((arn) => arn.split(':')[3] ?? ''))];
    role.addToPolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: some }));
    role.addToPolicy(
      new PolicyStatement({
        actions: ['kms:Decrypt'],
        resources: [anyKey],
        conditions: {
          StringEquals: {
            'kms:EncryptionContext:SecretARN': some,
            'kms:ViaService': regions.map((region) => `secretsmanager.${region}.${urlSuffix}`),
          },
        },
      }),
    );
  }
  if (arns.length === 0) return;
  acknowledgeWildcard(
    role,
    anyKey,
    'The configuration does not say which key encrypts a secret. The encryption context limits this permission to its secrets.',
  );
}

function arnsOf(secrets: NamedSecret[]): string[] {
  const arns = secrets.flatMap(({ ref }) => ('secretsManager' in ref ? [ref.secretsManager] : []));
  return [...new Set(arns)].sort();
}

/**
 * Allows a role to send requests to the domains of Amazon OpenSearch Service whose addresses are signed for. The policy of
 * a domain and its fine-grained access control may restrict them further:
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html
 */
export function allowDomains(role: Role, { clusters }: Config): void {
  const domains = Object.values(clusters).flatMap(({ search }) => {
    if (!search?.auth || !('aws' in search.auth)) return [];
    const { domainArn } = search.auth;
    if (domainArn !== undefined) return [domainArn];
    const domain = domainIn(search.url);
    return domain
      ? [
          Stack.of(role).formatArn({
            service: 'es',
            region: domain.region,
            resource: 'domain',
            resourceName: domain.name,
          }),
        ]
      : [];
  });
  if (domains.length === 0) return;
  const resources = [...new Set(domains)].map((domain) => `${domain}/*`);
  const actions = ['es:ESHttpDelete', 'es:ESHttpGet', 'es:ESHttpPost', 'es:ESHttpPut'];
  role.addToPolicy(new PolicyStatement({ actions, resources }));
  for (const resource of resources) {
    acknowledgeWildcard(role, resource, 'The wildcard stands for the paths of the API of one domain.');
  }
}

/**
 * Allows a role to read the backup stores of Zeebe that are in S3: the objects below the base path, and their names. A
 * store with an address of its own is not in the S3 of AWS, where IAM decides.
 */
export function allowZeebeStores(role: Role, { clusters }: Config): void {
  const stores = Object.values(clusters).flatMap(({ zeebe }) => zeebe.store?.s3 ?? []);
  const { partition } = Stack.of(role);
  const known = new Set<string>();
  for (const { bucket, basePath = '', endpoint } of stores) {
    const path = basePath.replace(/^\/+|\/+$/g, '');
    const below = path === '' ? '*' : `${path}/*`;
    if (endpoint !== undefined || known.has(`${bucket}/${below}`)) continue;
    known.add(`${bucket}/${below}`);
    const objects = `arn:${partition}:s3:::${bucket}/${below}`;
    role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: [objects] }));
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [`arn:${partition}:s3:::${bucket}`],
        // `listStatement` says why the condition is IfExists.
        conditions: { StringLikeIfExists: { 's3:prefix': [below] } },
      }),
    );
    acknowledgeWildcard(role, objects, "The wildcard stands for the files of Zeebe's backups.");
  }
}

/** Allows a role to send the events of core/event.ts, and no others, to the default bus. */
export function allowEvents(role: Role): void {
  role.addToPolicy(
    new PolicyStatement({
      actions: ['events:PutEvents'],
      resources: [
        Stack.of(role).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' }),
      ],
      // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
      conditions: {
        StringEquals: { 'events:source': eventSource, 'events:detail-type': Object.keys(eventDetails) },
      },
    }),
  );
}

/** Allows the actions that Lambda itself takes with the function's role: traces, and network interfaces in a VPC. */
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
  // CDK adds the permission for traces by itself.
  const ec2 = inVpc ? ', and EC2 has none for the network interfaces of a function in a VPC' : '';
  acknowledge(role, 'AwsSolutions-IAM5[Resource::*]', `X-Ray has no resource types for traces${ec2}.`);
}

import { CfnElement, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Policy, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, type IConstruct } from 'constructs';
import type { NamedSecret } from '../core/config/address.ts';
import { addressesOf, type ClusterConfig, secretsOf, secretsOfNotify } from '../core/config/schema.ts';
import { definition } from '../lambdas/guard/guard-running-backups.ts';
import { type GuardProperties, guardProperties } from '../lambdas/guard/request.ts';
import { acknowledgeWildcard } from './acknowledge.ts';
import type { Deployable } from './configuration.ts';
import type { BundleFunction } from './function-code.ts';
import { bareFunction, type Functions } from './functions.ts';
import type { Instance } from './instance.ts';
import type { LedgerPlace } from './ledger-bucket.ts';
import { type Network, networkOf } from './network.ts';
import { keyPatternOf, listStatement } from './permissions.ts';
import { executionsArn } from './state-machine.ts';

export interface GuardProps extends Deployable {
  instance: Instance;
  network: Network | undefined;
  bundle: BundleFunction;
  ledger: LedgerPlace;
  machine: StateMachine;
  functions: Functions;
  schedules: IConstruct;
  encryptionKey: IKey | undefined;
}

const name = 'GuardRunningBackups';

/**
 * Protects running backups from changes of the stack. It is made after everything else in its scope. CloudFormation creates and updates a resource after those that
 * it depends on, and deletes it before them. So the order is:
 * 1. BeforeUpdate is asked first in an update, and everything else depends on it.
 * 2. All other resources.
 * 3. WithoutSchedules. In a deletion, it is asked when the schedules cannot start a backup any more.
 * 4. The schedules.
 * 5. BeforeDeletion is asked first in a deletion, when everything still works.
 */
export function guard(scope: Construct, props: GuardProps): void {
  const { schedules } = props;
  const guarded = scope.node.children.filter((child) => child !== schedules);
  const all = new Construct(scope, 'Guard');
  const { lambda, role } = guardFunction(all, props);
  const { stackId } = Stack.of(all);
  role.addToPolicy(
    new PolicyStatement({
      actions: ['cloudformation:DescribeStacks', 'cloudformation:DescribeStackResource'],
      resources: [stackId],
    }),
  );
  const resource = (id: string, guards: GuardProperties['Guards']) =>
    new CustomResource(all, id, {
      resourceType: 'Custom::CamundaBackupGuard',
      serviceToken: lambda.functionArn,
      serviceTimeout: Duration.minutes(5),
      properties: propertiesOf(guards, props),
    });
  const looks = permissionToLook(all, role, props);

  const beforeUpdate = resource('BeforeUpdate', 'update');
  for (const one of [...guarded, schedules, looks]) one.node.addDependency(beforeUpdate);
  const withoutSchedules = resource('WithoutSchedules', 'deletion');
  withoutSchedules.node.addDependency(...guarded, looks);
  schedules.node.addDependency(withoutSchedules);
  resource('BeforeDeletion', 'deletion').node.addDependency(schedules);
}

function guardFunction(scope: Construct, { instance, network, ...props }: GuardProps) {
  return bareFunction(scope, name, definition, {
    ...props,
    instance,
    // It calls no cluster. In a VPC it needs a way to CloudFormation, and to the bucket that takes its answer.
    network: networkOf(definition, network, props.deployment),
    environment: { STACK_NAME: instance.stack },
  });
}

/**
 * The permissions to look at the ledger and at the executions. They are a policy of its own, because the function must
 * exist before the bucket and the state machine, and its role cannot refer to them.
 */
function permissionToLook(
  scope: Construct,
  role: Role,
  { ledger, machine, encryptionKey }: Pick<GuardProps, 'ledger' | 'machine' | 'encryptionKey'>,
): Policy {
  const locks = ledger.bucket.arnForObjects(ledger.prefix + keyPatternOf('lock'));
  const executions = executionsArn(machine);
  const policy = new Policy(scope, 'Looks', {
    roles: [role],
    statements: [
      new PolicyStatement({ actions: ['s3:GetObject'], resources: [locks] }),
      listStatement(definition, ledger),
      new PolicyStatement({ actions: ['states:ListExecutions'], resources: [machine.stateMachineArn] }),
      new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executions] }),
      // The role's own policy already has the key of the new template when the guard reads what the old one encrypted.
      ...(encryptionKey
        ? [new PolicyStatement({ actions: ['kms:Decrypt'], resources: [encryptionKey.keyArn] })]
        : []),
    ],
  });
  acknowledgeWildcard(policy, locks, 'The wildcard stands for the names of clusters.');
  acknowledgeWildcard(
    policy,
    executions,
    'The wildcard matches all executions, but only of this state machine.',
  );
  return policy;
}

/** The properties of a guarding resource. They are checked by the schema with which the function reads them. */
function propertiesOf(guards: GuardProperties['Guards'], props: GuardProps): GuardProperties {
  const { ledger, machine, config } = props;
  return guardProperties.parse({
    Guards: guards,
    Bucket: logicalIdOf(ledger.bucket),
    Machine: logicalIdOf(machine),
    BucketName: config.ledger.s3?.bucket ?? '',
    Prefix: ledger.prefix,
    Clusters: Object.entries(config.clusters).map(([cluster, settings]) => ({
      Name: cluster,
      Reach: reachFor(settings),
    })),
    Reach: guards === 'update' ? reachForAll(props) : [],
  } satisfies GuardProperties);
}

/** What the functions reach for one cluster. A plan names these things, and a lock those that the resume needs. */
function reachFor(cluster: ClusterConfig): string[] {
  const secrets = secretsOf(cluster).flatMap(nameOf);
  const files = addressesOf(cluster).flatMap(({ tls }) => [tls?.ca, tls?.certificate]);
  const certificates = files.flatMap((file) =>
    typeof file === 'string' ? [`the certificate file ${file}`] : [],
  );
  const { search } = cluster;
  const domains =
    search?.auth && 'aws' in search.auth ? [`the domain of ${search.auth.domainArn ?? search.url}`] : [];
  return [...new Set([...secrets, ...certificates, ...domains])].sort();
}

/** What the functions may do and reach for every cluster. */
function reachForAll({ config, functions, machine, deployment, encryptionKey }: GuardProps): string[] {
  const { network, alerts } = deployment;
  return [
    `the state machine ${logicalIdOf(machine)}`,
    ...[...functions.all].flatMap(([name, { lambda, definition }]) => [
      `the function ${name} (${logicalIdOf(lambda)})`,
      ...definition.needs
        // A running execution keeps the code that it began with, and the configuration in it.
        .filter((need) => need !== 'configuration')
        .map((need) => `the right of ${name} to what it needs (${need})`),
      ...definition.ledger.read.map((kind) => `the right of ${name} to read ${keyPatternOf(kind)}`),
      ...definition.ledger.write.map((kind) => `the right of ${name} to write ${keyPatternOf(kind)}`),
    ]),
    ...(network
      ? [
          `the VPC ${network.vpcId}`,
          ...network.subnetIds.map((id) => `the subnet ${id}`),
          ...network.securityGroupIds.map((id) => `the security group ${id}`),
        ]
      : ['the network outside of any VPC']),
    `the alerts to ${alerts.topicArn ?? 'the topic of the stack'}`,
    ...secretsOfNotify(config.notify).flatMap(nameOf),
    ...(alerts.topicKeyArn ? [`the key ${alerts.topicKeyArn}`] : []),
    // The lock of a run and the environment of its functions are encrypted with the key that they began with.
    ...(encryptionKey ? [`the key ${encryptionKey.keyArn}`] : []),
  ];
}

function nameOf({ ref }: NamedSecret): string[] {
  return 'secretsManager' in ref ? [`the secret ${ref.secretsManager}`] : [];
}

function logicalIdOf(resource: IConstruct): string {
  const { defaultChild } = resource.node;
  if (!CfnElement.isCfnElement(defaultChild)) throw new Error(`${resource.node.path} is no resource`);
  return defaultChild.logicalId;
}

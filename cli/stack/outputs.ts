import { BackupError } from '../../core/errors.ts';
import {
  namingCluster,
  type StackCommands,
  type Surroundings,
  stackCommands,
} from '../../deployment/commands.ts';
import { stackOutputs } from '../../deployment/outputs.ts';
import type { Aws } from './aws.ts';

/** The facts about a deployed stack that the commands need. */
export interface DeployedStack {
  name: string;
  stateMachineArn: string;
  ledger: { bucket: string; prefix: string };
  alertsTopicArn: string | undefined;
  dashboardUrl: string | undefined;
  /** The ARNs of the functions that people call; undefined if an older version deployed the stack. */
  functions: { check: string | undefined; watchdog: string | undefined };
  /** The clusters that it backs up; undefined if an older version deployed it, which has no such output. */
  clusters: string[] | undefined;
}

/** Reads the outputs of a stack that infra/ has made. Throws ConfigurationError. */
export async function readStack(
  name: string,
  aws: Pick<Aws, 'region' | 'describeStack'>,
  signal?: AbortSignal,
): Promise<DeployedStack> {
  const stack = await aws.describeStack(name, signal);
  const values = stack?.Outputs?.map(({ OutputKey = '', OutputValue }) => [OutputKey, OutputValue]);
  const outputs = stackOutputs.safeParse(Object.fromEntries(values ?? []));
  if (!outputs.success) {
    const state = stack?.StackStatus ? ` and is ${stack.StackStatus}` : '';
    const names = outputs.error.issues.map(({ path }) => path.join('.')).join(' and ');
    throw new BackupError(
      'ConfigurationError',
      `The stack ${name} in ${await aws.region()} has no outputs ${names} that can be read${state}`,
      { remedy: 'Name a stack that `cdk deploy` has created from this project, and finish its deployment.' },
    );
  }
  const { data } = outputs;
  return {
    name,
    stateMachineArn: data.StateMachineArn,
    ledger: { bucket: data.LedgerBucketName, prefix: data.LedgerPrefix ?? '' },
    alertsTopicArn: data.AlertsTopicArn,
    dashboardUrl: data.DashboardUrl,
    functions: { check: data.CheckFunctionArn, watchdog: data.WatchdogFunctionArn },
    clusters: data.Clusters?.toSorted(),
  };
}

/** The commands that messages about a stack print. */
export function commandsOfStack({ name, ledger }: DeployedStack, at: Surroundings): StackCommands {
  return stackCommands({ ...at, stack: name, ledger });
}

/** The cluster that was named, or the only one of the stack. Throws ConfigurationError. */
export function clusterOfStack(stack: DeployedStack, name: string | undefined): string {
  const { clusters } = stack;
  if (!clusters) {
    // PrepareBackup refuses a cluster that the stack does not know.
    if (name !== undefined) return name;
    throw new BackupError('ConfigurationError', unknownClusters(stack), {
      remedy: 'Deploy the stack again, or name a cluster with --cluster.',
    });
  }
  const [only] = clusters;
  if (name === undefined && only !== undefined && clusters.length === 1) return only;
  if (name !== undefined && clusters.includes(name)) return name;
  throw new BackupError(
    'ConfigurationError',
    name === undefined
      ? `The stack ${stack.name} may back up several clusters: ${clusters.join(', ')}`
      : `The stack ${stack.name} does not back up a cluster ${name}; it has: ${clusters.join(', ')}`,
    { remedy: namingCluster },
  );
}

/** A sentence that says why the clusters of a stack are not known. */
export function unknownClusters({ name }: DeployedStack): string {
  return `The stack ${name} does not say which clusters it backs up: an older version of camunda-backup has deployed it`;
}

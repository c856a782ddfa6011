import { BackupError } from '../../core/errors.ts';
import {
  namingCluster,
  type StackCommands,
  type Surroundings,
  stackCommands,
} from '../../deployment/commands.ts';
import { stackOutputs } from '../../deployment/outputs.ts';
import type { Aws } from './aws.ts';

/** What the commands need to know of a deployed stack. */
export interface DeployedStack {
  name: string;
  stateMachineArn: string;
  ledger: { bucket: string; prefix: string };
  alertsTopicArn: string | undefined;
  dashboardUrl: string | undefined;
  /** The clusters that it backs up; undefined where an older version has deployed it, which did not say so. */
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
      { remedy: 'Name the stack that `cdk deploy` has made of this project, and finish its deployment.' },
    );
  }
  const { data } = outputs;
  return {
    name,
    stateMachineArn: data.StateMachineArn,
    ledger: { bucket: data.LedgerBucketName, prefix: data.LedgerPrefix ?? '' },
    alertsTopicArn: data.AlertsTopicArn,
    dashboardUrl: data.DashboardUrl,
    clusters: data.Clusters?.toSorted(),
  };
}

/** What a person types about a stack. */
export function commandsOfStack({ name, ledger }: DeployedStack, at: Surroundings): StackCommands {
  return stackCommands({ ...at, stack: name, ledger });
}

/** The cluster of a name; the only one where none is named. Throws ConfigurationError. */
export function clusterOfStack(stack: DeployedStack, name: string | undefined): string {
  const { clusters } = stack;
  if (!clusters) {
    // The stack itself knows whether it backs this one up.
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

/** Why the clusters of a stack are not known, as a sentence. */
export function unknownClusters({ name }: DeployedStack): string {
  return `The stack ${name} does not say which clusters it backs up: an older version of camunda-backup has deployed it`;
}

import { type StackCommands, type Surroundings, stackCommands } from '../../core/commands.ts';
import { BackupError } from '../../core/errors.ts';
import type { Aws } from './aws.ts';

/** What the commands need to know of a deployed stack. */
export interface DeployedStack {
  name: string;
  stateMachineArn: string;
  ledger: { bucket: string; prefix: string };
  alertsTopicArn: string | undefined;
  dashboardUrl: string | undefined;
  /** The clusters that it backs up. */
  clusters: string[];
}

/** Reads the outputs of a stack that infra/ has made. Throws ConfigurationError. */
export async function readStack(name: string, aws: Aws, signal?: AbortSignal): Promise<DeployedStack> {
  const stack = await aws.describeStack(name, signal);
  const outputs = new Map(stack?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  const stateMachineArn = outputs.get('StateMachineArn');
  const bucket = outputs.get('LedgerBucketName');
  if (!stateMachineArn || !bucket) {
    const state = stack?.StackStatus ? ` and is ${stack.StackStatus}` : '';
    throw new BackupError(
      'ConfigurationError',
      `The stack ${name} in ${await aws.region()} has no outputs StateMachineArn and LedgerBucketName${state}`,
      { remedy: 'Name the stack that `cdk deploy` has made of this project, and finish its deployment.' },
    );
  }
  return {
    name,
    stateMachineArn,
    ledger: { bucket, prefix: outputs.get('LedgerPrefix') ?? '' },
    alertsTopicArn: outputs.get('AlertsTopicArn'),
    dashboardUrl: outputs.get('DashboardUrl'),
    clusters: clustersOf(outputs),
  };
}

/** What a person types about a stack. */
export function commandsOfStack({ name, ledger }: DeployedStack, at: Surroundings): StackCommands {
  return stackCommands({ ...at, stack: name, ledger });
}

/** Each cluster has an output StartBackup…: the command that starts a backup of it. */
function clustersOf(outputs: Map<string | undefined, string | undefined>): string[] {
  const names = [...outputs].flatMap(([key, value]) => {
    const cluster = key?.startsWith('StartBackup')
      ? /"cluster":\s*"([^"]+)"/.exec(value ?? '')?.[1]
      : undefined;
    return cluster === undefined ? [] : [cluster];
  });
  return [...new Set(names)].sort();
}

/** The cluster of a name; the only one where none is named. Throws ConfigurationError. */
export function clusterOfStack({ name: stack, clusters }: DeployedStack, name: string | undefined): string {
  const [only] = clusters;
  if (name === undefined && only !== undefined && clusters.length === 1) return only;
  // A stack whose outputs name no clusters decides by itself whether it knows this one.
  if (name !== undefined && (clusters.length === 0 || clusters.includes(name))) return name;
  const there = clusters.length === 0 ? '' : `: ${clusters.join(', ')}`;
  throw new BackupError(
    'ConfigurationError',
    name === undefined
      ? `The stack ${stack} may back up several clusters${there}`
      : `The stack ${stack} does not back up a cluster ${name}; it has${there}`,
    { remedy: 'Name one with --cluster.' },
  );
}

import { BackupError } from '../../core/errors.ts';
import {
  namingCluster,
  type StackCommands,
  type Surroundings,
  stackCommands,
} from '../../deployment/commands.ts';
import { outputsByPrefix, stackOutputs } from '../../deployment/outputs.ts';
import type { Aws } from './aws.ts';

/** The facts about a deployed stack that the commands need. */
export interface DeployedStack {
  /** What `--stack` takes: the name of the stack and, if its outputs have a prefix, that prefix after a slash. */
  name: string;
  stateMachineArn: string;
  /** The state machine that verifies backups; undefined if an older version deployed the stack. */
  housekeepingArn: string | undefined;
  ledger: { bucket: string; prefix: string };
  alertsTopicArn: string | undefined;
  dashboardUrl: string | undefined;
  /** The ARNs of the functions that people call; undefined if an older version deployed the stack. */
  functions: Record<'check' | 'inventory' | 'repair' | 'deleteLeftovers' | 'watchdog', string | undefined>;
  /** The clusters that it backs up; undefined if an older version deployed it, which has no such output. */
  clusters: string[] | undefined;
}

/**
 * Reads the outputs of a stack that infra/ has made. `name` is its name or ARN. If the stack contains several backups, the
 * path of one of them in the stack follows after a slash. Throws ConfigurationError.
 */
export async function readStack(
  name: string,
  aws: Pick<Aws, 'region' | 'describeStack'>,
  signal?: AbortSignal,
): Promise<DeployedStack> {
  const { stackName, path } = partsOf(name);
  const stack = await aws.describeStack(stackName, signal);
  const values = stack?.Outputs?.map(({ OutputKey = '', OutputValue }) => [OutputKey, OutputValue]);
  const instances = outputsByPrefix(Object.fromEntries(values ?? []));
  const prefix = choose([...instances.keys()], stackName, path);
  const outputs = stackOutputs.safeParse(instances.get(prefix) ?? {});
  if (!outputs.success) {
    const state = stack?.StackStatus ? ` and is ${stack.StackStatus}` : '';
    const names = outputs.error.issues.map(({ path }) => path.join('.')).join(' and ');
    throw new BackupError(
      'ConfigurationError',
      `The stack ${stackName} in ${await aws.region()} has no outputs ${names} that can be read${state}`,
      { remedy: 'Name a stack that `cdk deploy` has created from this project, and finish its deployment.' },
    );
  }
  const { data } = outputs;
  return {
    name: prefix ? `${stackName}/${prefix}` : stackName,
    stateMachineArn: data.StateMachineArn,
    housekeepingArn: data.HousekeepingArn,
    ledger: { bucket: data.LedgerBucketName, prefix: data.LedgerPrefix ?? '' },
    alertsTopicArn: data.AlertsTopicArn,
    dashboardUrl: data.DashboardUrl,
    functions: {
      check: data.CheckFunctionArn,
      inventory: data.InventoryFunctionArn,
      repair: data.RepairFunctionArn,
      deleteLeftovers: data.DeleteLeftoversFunctionArn,
      watchdog: data.WatchdogFunctionArn,
    },
    clusters: data.Clusters?.toSorted(),
  };
}

/** The ARN of a stack contains two slashes. */
const parts = /^(arn:[^/]*\/[^/]*\/[^/]*|[^/]*)(?:\/(.*))?$/s;

function partsOf(name: string): { stackName: string; path: string | undefined } {
  const [, stackName = name, path] = parts.exec(name) ?? [];
  return { stackName, path };
}

/** Chooses one of the backups in a stack by its path. A path is not necessary if there is only one. */
function choose(prefixes: string[], stackName: string, path: string | undefined): string {
  // An output's name has no other characters.
  const wanted = path?.replace(/[^A-Za-z0-9]/g, '') ?? (prefixes.length > 1 ? '' : (prefixes[0] ?? ''));
  if (prefixes.includes(wanted) || prefixes.length === 0) return wanted;
  const names = prefixes.map((prefix) => (prefix ? `${stackName}/${prefix}` : stackName)).join(', ');
  throw new BackupError(
    'ConfigurationError',
    path === undefined
      ? `The stack ${stackName} contains several backups`
      : `The stack ${stackName} contains no backup ${path}`,
    { remedy: `Name one with --stack: ${names}` },
  );
}

/** The commands that messages about a stack print. */
export function commandsOfStack({ name }: DeployedStack, { program }: Surroundings): StackCommands {
  return stackCommands({ program, stack: name });
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

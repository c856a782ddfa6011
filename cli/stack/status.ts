import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ExecutionListItem } from '@aws-sdk/client-sfn';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { Commands } from '../../core/commands.ts';
import { defaultStack } from '../../core/config/deployment.ts';
import { formatSeconds } from '../../core/config/duration.ts';
import { loadConfig } from '../../core/config/file.ts';
import type { Config } from '../../core/config/schema.ts';
import { BackupError } from '../../core/errors.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import { lookForRun } from '../../core/ledger/lock/owner.ts';
import { executionUrl } from '../../core/tell/alert-message.ts';
import { namingFile, type StackCommands, type Surroundings } from '../../deployment/commands.ts';
import { exitCodes } from '../exit-codes.ts';
import { localContext } from '../local/context.ts';
import { line } from '../screen/labelled.ts';
import { type Output, paint, printJson, printLine } from '../screen/output.ts';
import { statusOfEach } from '../status/cluster-status.ts';
import { type FailedRun, failedRunProblem, withFailedRun } from '../status/failed-run.ts';
import type { StatusResult } from '../status/result.ts';
import type { RunStatus } from '../status/run-status.ts';
import { lookOf } from '../status/status.ts';
import { block } from '../status/text.ts';
import { type Aws, aws as openAws } from './aws.ts';
import { failedRunsOf } from './failed-runs.ts';
import { ledgerOfStack } from './ledger.ts';
import {
  clusterOfStack,
  commandsOfStack,
  type DeployedStack,
  readStack,
  unknownClusters,
} from './outputs.ts';
import { lookAtRecipients, type RecipientsSeen, recipientLines } from './recipients.ts';

export interface StackStatusOptions {
  stack: string;
  at: Surroundings;
  /** The cluster to look at; all of them if it is missing. */
  cluster?: string;
  /** The configuration of the stack, if its file is here. Only it has the limit for the age of a backup. */
  config?: Config;
  /** True if the clusters must not be asked. */
  offline: boolean;
  json: boolean;
  output: Output;
  env: NodeJS.ProcessEnv;
  /** Tests replace the following. */
  aws?: Aws;
  openLedger?: (stack: DeployedStack, commands: Commands) => Ledger;
  clock?: Clock;
  openLocal?: typeof localContext;
}

/** One of the newest executions, in the object of `--json`. */
interface ExecutionStatus {
  name: string;
  status: string;
  startedAt: string | null;
  endedAt: string | null;
  url: string | null;
}

const newest = 5;

/** Runs `camunda-backup status --stack`: shows the ledger in the stack's bucket, and the newest executions. */
export async function statusOfStack(options: StackStatusOptions): Promise<number> {
  const { cluster, config, offline, json, output, env } = options;
  const {
    aws = openAws(),
    openLedger = ledgerOfStack,
    clock = systemClock,
    openLocal = localContext,
  } = options;
  const stack = await readStack(options.stack, aws);
  const commands = commandsOfStack(stack, options.at);
  const ledger = openLedger(stack, commands);
  const warn = (text: string) => printLine(output.stderr, text);
  const local = config && (await openLocal(config, commands, { clock, env, warn }));
  const context = local && { ...local.context, ledger };
  try {
    const [statuses, executions, subscriptions] = await Promise.all([
      statusOfEach(wantedClusters(stack, cluster, config), (name) => ({
        ledger,
        clock,
        config: config?.clusters[name],
        commands,
        look: lookOf(name, config?.clusters[name], offline, context),
        lifeOf: (lock) => lookForRun(lock, { ledger, clock, executions: { state: aws.stateOf } }),
        repairOf: ({ cluster }, state) => repairOf(cluster, state, commands),
      })),
      aws.executions({ stateMachineArn: stack.stateMachineArn, maxResults: newest }),
      lookAtRecipients(stack, config, aws),
    ]);
    const failedRuns = await failedRunsOf(executions.slice(0, newest), {
      statuses,
      clusters: stack.clusters ?? Object.keys(config?.clusters ?? {}),
      commands,
      aws,
    });
    const failedRunOf = (name: string | null) => failedRuns.find(({ cluster }) => cluster === name);
    const clusters = statuses.map((one) => withFailedRun(one, failedRunOf(one.cluster)));
    const ok = clusters.every((one) => one.ok) && failedRuns.length === 0;
    const { name, dashboardUrl = null, alertsTopicArn = null } = stack;
    const runs = executions.slice(0, newest).map(executionStatus);
    if (json) {
      const facts = { name, dashboardUrl, alertsTopicArn, subscriptions, executions: runs, failedRuns };
      const result: StatusResult = { ok, cluster: cluster ?? null, clusters, failure: null };
      printJson(output.stdout, { ...result, stack: facts });
    } else {
      const blocks = clusters.map((one) => block(one, output, failedRunOf(one.cluster)));
      const ofStack = stackBlock(stack, { runs, subscriptions, strayRun: failedRunOf(null) }, output);
      printLine(output.stdout, [...blocks, ofStack].join('\n\n'));
    }
    return ok ? exitCodes.done : exitCodes.failed;
  } finally {
    await local?.close();
  }
}

/** The configuration in `file`, if it exists and belongs to the stack. A stack can be looked at without it. */
export async function configOfStack(
  file: string,
  folder: string,
  stack: string,
): Promise<Config | undefined> {
  if (!existsSync(path.resolve(folder, file))) return undefined;
  const config = await loadConfig(file, { folder, namingFile });
  return (config.deployment?.stack ?? defaultStack) === stack ? config : undefined;
}

function wantedClusters(
  stack: DeployedStack,
  cluster: string | undefined,
  config: Config | undefined,
): string[] {
  if (cluster !== undefined) return [clusterOfStack(stack, cluster)];
  if (stack.clusters) return stack.clusters;
  if (config) return Object.keys(config.clusters);
  throw new BackupError('ConfigurationError', unknownClusters(stack), {
    remedy:
      'Deploy the stack again, or name a cluster with --cluster, or name the configuration of the stack with --config.',
  });
}

/**
 * The command that repairs a dead run. The watchdog of the stack also repairs it; for other runs, a person must judge.
 */
function repairOf(cluster: string, state: RunStatus['state'], commands: StackCommands): string {
  const command = commands.repair(cluster, { force: state !== 'dead' });
  return state === 'dead' ? `the watchdog does it within five minutes; or ${command}` : command;
}

function executionStatus({
  name,
  status,
  executionArn,
  startDate,
  stopDate,
}: ExecutionListItem): ExecutionStatus {
  return {
    name: name ?? '',
    status: status ?? '',
    startedAt: startDate?.toISOString() ?? null,
    endedAt: stopDate?.toISOString() ?? null,
    url: executionUrl(executionArn ?? '') ?? null,
  };
}

const colours: Record<string, 'green' | 'red' | 'yellow'> = {
  SUCCEEDED: 'green',
  RUNNING: 'yellow',
  PENDING_REDRIVE: 'yellow',
};

function stackBlock(
  { name, dashboardUrl }: DeployedStack,
  {
    runs,
    subscriptions,
    strayRun,
  }: { runs: ExecutionStatus[]; subscriptions: RecipientsSeen; strayRun: FailedRun | undefined },
  { stdout }: Output,
): string {
  const rows = runs.map(({ name, status, startedAt, endedAt, url }) => {
    const seconds = startedAt && endedAt ? (Date.parse(endedAt) - Date.parse(startedAt)) / 1000 : undefined;
    const took = seconds === undefined ? '' : formatSeconds(seconds);
    const coloured = paint(stdout, colours[status] ?? 'red', status.padEnd(10));
    return [`${coloured}${startedAt ?? ''}  ${took.padEnd(12)}${name}`, ...(url ? [url] : [])].join('\n');
  });
  return [
    `stack ${name}`,
    ...(strayRun
      ? [line('status', paint(stdout, 'red', `NOT OK: ${failedRunProblem(strayRun)}`), stdout)]
      : []),
    line('dashboard', dashboardUrl ?? 'none', stdout),
    line('alerts', recipientLines(subscriptions, stdout).join('\n'), stdout),
    line('executions', rows.length === 0 ? 'none' : rows.join('\n'), stdout),
  ].join('\n');
}

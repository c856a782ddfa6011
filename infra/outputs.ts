import { CfnOutput, type Stack } from 'aws-cdk-lib';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Alerts } from './alerts.ts';
import type { Dashboard } from './dashboard.ts';
import type { LedgerPlace } from './ledger-bucket.ts';

export interface OutputsProps {
  clusters: string[];
  machine: StateMachine;
  alerts: Alerts;
  dashboard: Dashboard;
  ledger: LedgerPlace;
}

type Output = [id: string, description: string, value: string];

/** What `cdk deploy` prints last: first of all the commands to type next. */
export function outputs(stack: Stack, { clusters, machine, alerts, dashboard, ledger }: OutputsProps): void {
  const arn = machine.stateMachineArn;
  const { region } = stack;
  const names = new Set<string>();
  for (const cluster of clusters) {
    const input = JSON.stringify({ cluster, reason: 'manual' });
    new CfnOutput(stack, unique(`StartBackup${pascalCase(cluster)}`, names), {
      description: `Starts a backup of ${cluster} now`,
      value: `aws stepfunctions start-execution --region ${region} --state-machine-arn ${arn} --input '${input}'`,
    });
  }
  const others: Output[] = [
    [
      'ShowBackups',
      'Shows the last ten runs and their state',
      `aws stepfunctions list-executions --region ${region} --state-machine-arn ${arn} --max-items 10 --query 'executions[].[startDate,stopDate,status,name]' --output table`,
    ],
    ['DashboardUrl', 'Is there a fresh backup?', dashboard.url],
    ['AlertsTopicArn', 'Where people are told', alerts.topic.topicArn],
    ['LedgerBucketName', 'Manifests and locks', ledger.bucket.bucketName],
    // An output must not be empty.
    ...(ledger.prefix
      ? [['LedgerPrefix', 'What comes before every key', ledger.prefix] satisfies Output]
      : []),
    ['StateMachineArn', 'The backup, step by step', arn],
  ];
  for (const [id, description, value] of others) new CfnOutput(stack, id, { description, value });
}

function pascalCase(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** `a-1` and `a1` are two clusters, and names of outputs have no hyphens. */
function unique(name: string, taken: Set<string>): string {
  let candidate = name;
  for (let number = 2; taken.has(candidate); number++) candidate = `${name}No${number}`;
  taken.add(candidate);
  return candidate;
}

import { CfnOutput, type CfnOutputProps, Stack } from 'aws-cdk-lib';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import * as z from 'zod';
import { stackCommands } from '../deployment/commands.ts';
import { type StackOutputs, stackOutputs } from '../deployment/outputs.ts';
import { backup } from '../statemachine/backup-procedure.ts';
import { startInput } from '../statemachine/procedure.ts';
import type { Alerts } from './alerts-topic.ts';
import type { Dashboard } from './dashboard.ts';
import type { Functions } from './functions.ts';
import type { Instance } from './instance.ts';
import type { LedgerPlace } from './ledger-bucket.ts';

export interface OutputsProps {
  instance: Instance;
  clusters: string[];
  machine: StateMachine;
  housekeeper: StateMachine;
  alerts: Alerts;
  dashboard: Dashboard | undefined;
  ledger: LedgerPlace;
  functions: Functions;
}

const descriptions: Record<keyof StackOutputs, string> = {
  DashboardUrl: 'The dashboard, which shows the age of the last backup',
  AlertsTopicArn: 'The SNS topic to which alerts are sent',
  InventoryFunctionArn: 'The function behind `camunda-backup list --stack` and `show --stack`',
  CheckFunctionArn: 'The function behind `camunda-backup check --stack`',
  RepairFunctionArn: 'The function behind `camunda-backup repair --stack`',
  DeleteLeftoversFunctionArn: 'The function behind `camunda-backup repair --stack --delete-leftovers`',
  WatchdogFunctionArn: 'The watchdog, which also sends the alert of `camunda-backup alert-test --stack`',
  LedgerBucketName: 'The bucket with the manifests and locks',
  LedgerPrefix: 'The prefix of every key in that bucket',
  StateMachineArn: 'The state machine that makes a backup',
  HousekeepingArn: 'The state machine behind `camunda-backup verify --stack`',
  Clusters: 'The clusters that are backed up',
};

/** Makes the outputs that `cdk deploy` prints at its end, with the commands to type next. */
export function outputs(
  scope: Construct,
  { instance, clusters, machine, housekeeper, alerts, dashboard, ledger, functions }: OutputsProps,
): void {
  const output = (name: string, props: CfnOutputProps) =>
    // The command line reads outputs by name, so a name must not end with a hash of its path.
    new CfnOutput(scope, name, props).overrideLogicalId(`${instance.outputPrefix}${name}`);
  const arn = machine.stateMachineArn;
  const { region } = Stack.of(scope);
  const names = new Set<string>();
  for (const cluster of clusters) {
    const input = startInput(backup, { cluster, reason: 'manual' });
    output(unique(`StartBackup${pascalCase(cluster)}`, names), {
      description: `Starts a backup of ${cluster} now`,
      value: `aws stepfunctions start-execution --region ${region} --state-machine-arn ${arn} --input '${input}'`,
    });
  }
  const typed = stackCommands({ program: 'npx camunda-backup', stack: instance.stack });
  for (const cluster of clusters) {
    output(unique(`CheckBackup${pascalCase(cluster)}`, names), {
      description: `Checks from the network of the functions whether ${cluster} is reached and could be backed up`,
      value: typed.check(cluster),
    });
  }
  output('TestAlerts', {
    description: 'Sends a test alert, and shows which subscriptions are not confirmed',
    value: typed.alertTest(),
  });
  output('ShowStatus', {
    description: 'Shows the last backups, whether exporting is paused, and who gets the alerts',
    value: typed.status(),
  });
  output('ShowBackups', {
    description: 'Shows the last ten runs and their state',
    value: `aws stepfunctions list-executions --region ${region} --state-machine-arn ${arn} --max-items 10 --query 'executions[].[startDate,stopDate,status,name]' --output table`,
  });
  if (alerts.confirmable.length > 0) {
    output('ConfirmSubscriptions', {
      description: 'Who gets no alert until they confirm, which they can do for three days',
      value: `${alerts.confirmable.join(', ')}: SNS has sent a link to each of them. Show who has not confirmed: aws sns list-subscriptions-by-topic --region ${region} --topic-arn ${alerts.topic.topicArn} --query 'Subscriptions[?SubscriptionArn==\`PendingConfirmation\`].Endpoint'`,
    });
  }
  if (alerts.keyPolicy) {
    output('AlertsKeyPolicy', {
      description:
        'What the policy of the key needs, if a key encrypts the topic: without it no alert can be sent',
      value: Stack.of(scope).toJsonString(alerts.keyPolicy.map((statement) => statement.toStatementJson())),
    });
  }
  const values = z.encode(stackOutputs, {
    ...(dashboard ? { DashboardUrl: dashboard.url } : {}),
    AlertsTopicArn: alerts.topic.topicArn,
    CheckFunctionArn: functions.get('CheckCluster').functionArn,
    InventoryFunctionArn: functions.get('LookAtBackups').functionArn,
    RepairFunctionArn: functions.get('RepairCluster').functionArn,
    DeleteLeftoversFunctionArn: functions.get('DeleteLeftovers').functionArn,
    WatchdogFunctionArn: functions.get('WatchOverExporting').functionArn,
    LedgerBucketName: ledger.bucket.bucketName,
    // An output must not be empty.
    ...(ledger.prefix ? { LedgerPrefix: ledger.prefix } : {}),
    StateMachineArn: arn,
    HousekeepingArn: housekeeper.stateMachineArn,
    Clusters: clusters,
  });
  for (const name of stackOutputs.keyof().options) {
    const value = values[name];
    if (value !== undefined) output(name, { description: descriptions[name], value });
  }
}

function pascalCase(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** Makes a name unique: the clusters `a-1` and `a1` would have the same one, because output names have no hyphens. */
function unique(name: string, taken: Set<string>): string {
  let candidate = name;
  for (let number = 2; taken.has(candidate); number++) candidate = `${name}No${number}`;
  taken.add(candidate);
  return candidate;
}

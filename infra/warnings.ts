import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Deployable } from './configuration.ts';

/** What can be deployed and is probably not what was meant, told at synth. */
export function warnOfRisks(scope: Construct, deployable: Deployable): void {
  for (const [id, text] of risksOf(deployable)) {
    Annotations.of(scope).addWarningV2(`camunda-backup:${id}`, text);
  }
}

function risksOf({ config, deployment }: Deployable): [id: string, text: string][] {
  const { email, sms, https, lambda, topicArn } = deployment.alerts;
  const risks: [string, string][] = [];
  if (topicArn === undefined && email.length + sms.length + https.length + lambda.length === 0) {
    risks.push([
      'no-subscription',
      'Nobody subscribes to the alerts: write deployment.alerts.email, sms, https or lambda, or name a topic with topicArn.',
    ]);
  }
  if (config.ledger.folder !== undefined) {
    risks.push([
      'two-ledgers',
      'ledger.folder is for the command line; the stack makes a bucket of its own. Then neither sees the locks of the other: write the bucket into ledger.s3, so that both share it.',
    ]);
  }
  if (deployment.removalPolicy === 'destroy') {
    risks.push([
      'destroy',
      'deployment.removalPolicy is `destroy`: with the stack the ledger is deleted, and with it the knowledge which snapshots belong together.',
    ]);
  }
  for (const [name, { schedules, maxAge }] of Object.entries(config.clusters)) {
    if (!schedules.some(({ enabled }) => enabled)) {
      risks.push([
        `no-schedule-${name}`,
        `No backup of ${name} starts by itself: write clusters.${name}.schedules, or enable one.`,
      ]);
    }
    if (maxAge === undefined) {
      risks.push([
        `no-max-age-${name}`,
        `Nobody is told when backups of ${name} stay away: write clusters.${name}.maxAge, a little more than the time between two backups.`,
      ]);
    }
  }
  return risks;
}

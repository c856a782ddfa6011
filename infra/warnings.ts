import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Deployable } from './configuration.ts';

/** Warns at synth of settings that can be deployed but are probably not intended. */
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
      'The alerts have no subscribers: write deployment.alerts.email, sms, https or lambda, or name a topic with topicArn.',
    ]);
  }
  if (config.ledger.folder !== undefined) {
    risks.push([
      'two-ledgers',
      'ledger.folder is for the command line, and the stack makes its own bucket. Then the command line and the stack do not see the locks of each other: write the bucket into ledger.s3, so that they share it.',
    ]);
  }
  if (deployment.removalPolicy === 'destroy') {
    risks.push([
      'destroy',
      'deployment.removalPolicy is `destroy`: if you delete the stack, you also delete the ledger, and only the ledger records which snapshots belong together.',
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
        `No alert reports missing backups of ${name}: write clusters.${name}.maxAge, a little more than the time between two backups.`,
      ]);
    }
  }
  return risks;
}

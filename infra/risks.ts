import { defaultConfigFile, exampleFile } from '../core/config/default-file.ts';
import type { Deployable } from './configuration.ts';
import { risksOfReachability, risksOfWebhook } from './reachability.ts';
import type { Risk } from './risk.ts';
import { risksOfSchedules } from './schedule-risks.ts';

/** Finds what synth warns of. */
export function risksOf({ config, deployment, file }: RiskyParts, now = Date.now()): Risk[] {
  const isInVpc = deployment.network !== undefined;
  return [
    ...risksOfFile(file),
    ...risksOfAlerts(deployment),
    ...risksOfLedger({ config, deployment }),
    ...risksOfWebhook(config, deployment),
    ...Object.entries(config.clusters).flatMap(([name, cluster]) => [
      ...risksOfSchedules(name, cluster, now),
      ...risksOfReachability(name, cluster, { isInVpc }),
    ]),
  ];
}

export type RiskyParts = Pick<Deployable, 'config' | 'deployment'> & Partial<Pick<Deployable, 'file'>>;

function risksOfFile(file: string | undefined): Risk[] {
  if (file !== exampleFile) return [];
  return [
    [
      'example',
      `The configuration is the example ${exampleFile}, whose clusters and addresses are not yours. It is used where there is no ${defaultConfigFile}: copy it to that name and write your own, or name another file with -c config=FILE.`,
    ],
  ];
}

function risksOfAlerts({ alerts, account, stack }: RiskyParts['deployment']): Risk[] {
  const { email, sms, https, lambda, topicArn } = alerts;
  if (topicArn === undefined) {
    return email.length + sms.length + https.length + lambda.length > 0
      ? []
      : [
          [
            'no-subscription',
            'The alerts have no subscribers: write deployment.alerts.email, sms, https or lambda, or name a topic with topicArn.',
          ],
        ];
  }
  const owner = topicArn.split(':')[4];
  if (account === undefined || owner === account) return [];
  return [
    [
      'topic-of-another-account',
      `deployment.alerts.topicArn is in the account ${owner}: its policy, and its key if it has one, must allow the functions and the alarms of ${account} to publish, which synth cannot see. Test it after the deployment: camunda-backup alert-test --stack ${stack}`,
    ],
  ];
}

function risksOfLedger({ config, deployment }: RiskyParts): Risk[] {
  const risks: Risk[] = [];
  if (config.ledger.folder !== undefined) {
    risks.push([
      'two-ledgers',
      'ledger.folder is for the command line, and the stack makes its own bucket. Then the command line and the stack do not see the locks of each other: write a name for that bucket into ledger.s3.bucket, so that they share it. The deployment creates the bucket, so take a name that nobody has yet.',
    ]);
  }
  if (deployment.removalPolicy === 'destroy') {
    risks.push([
      'destroy',
      'deployment.removalPolicy is `destroy`: if you delete the stack, you also delete the ledger, and only the ledger records which snapshots belong together.',
    ]);
  }
  return risks;
}

import type { Deployment } from '../core/config/deployment.ts';
import type { Mistake } from '../core/config/mistakes.ts';
import { allSecretsOf, type Readable } from '../core/config/schema.ts';
import type { Path } from '../core/config/walk.ts';
import { partitionOf } from '../core/connect/aws-partition.ts';

interface Named {
  path: Path;
  arn: string;
  /** Why it must be in the region of the stack. */
  whyRegion: string;
  /** Why it must be in the account of the stack; undefined if it need not be. */
  whyAccount?: string;
}

/**
 * Finds the ARNs of another partition, region or account than the stack's. Where the configuration does not name the
 * region or account, all ARNs must have the same one.
 */
export function mistakesOfArns(parts: Readable, deployment: Deployment): Mistake[] {
  const named = [...ofAlerts(deployment), ...ofSecrets(parts)];
  return [
    ...named.flatMap(mistakeOfPartition),
    ...mistakesOf('region', named, deployment.region),
    ...mistakesOf(
      'account',
      named.filter(({ whyAccount }) => whyAccount !== undefined),
      deployment.account,
    ),
  ];
}

function ofAlerts({ alerts }: Deployment): Named[] {
  const { topicArn, topicKeyArn, lambda, email, sms, https } = alerts;
  const subscribed = Object.entries({ email, sms, https, lambda })
    .filter(([, list]) => list.length > 0)
    .map(([name]) => `\`${name}\``);
  const path = (...setting: Path): Path => ['deployment', 'alerts', ...setting];
  return [
    ...(topicArn === undefined
      ? []
      : [
          {
            path: path('topicArn'),
            arn: topicArn,
            whyRegion: 'alarms publish only to topics of their region',
            ...(subscribed.length === 0
              ? {}
              : {
                  whyAccount: `only the owner of a topic subscribes to it: omit ${subscribed.join(', ')} and subscribe in that account`,
                }),
          },
        ]),
    ...(topicKeyArn === undefined
      ? []
      : [
          {
            path: path('topicKeyArn'),
            arn: topicKeyArn,
            whyRegion: 'a topic is encrypted with a key of its region',
          },
        ]),
    ...lambda.map((arn, index) => ({
      path: path('lambda', index),
      arn,
      whyRegion:
        'the stack permits the topic to call this function, which is possible only in its own region',
      whyAccount:
        'the stack permits the topic to call this function, which is possible only in its own account',
    })),
  ];
}

function ofSecrets(parts: Readable): Named[] {
  return allSecretsOf(parts).flatMap(({ path, ref }) =>
    'secretsManager' in ref
      ? [
          {
            path,
            arn: ref.secretsManager,
            whyRegion: 'the functions read the secrets of their own region: replicate it there',
            whyAccount: 'the functions read the secrets of their own account: store it there',
          },
        ]
      : [],
  );
}

const partsOf = (arn: string) => {
  const [, partition = '', , region = '', account = ''] = arn.split(':');
  return { partition, region, account };
};

function mistakeOfPartition({ path, arn }: Named): Mistake[] {
  const { partition, region } = partsOf(arn);
  const right = partitionOf(region);
  if (partition === right) return [];
  return [
    {
      path,
      what: `is in the partition ${partition}, but the region ${region} belongs to ${right}; for example: ${arn.replace(/^arn:[^:]*/, `arn:${right}`)}`,
    },
  ];
}

function mistakesOf(what: 'region' | 'account', named: Named[], configured: string | undefined): Mistake[] {
  const [first] = named;
  if (!first) return [];
  const right = configured ?? partsOf(first.arn)[what];
  const whose = configured === undefined ? `that of ${first.path.join('.')}` : `deployment.${what}`;
  return named.flatMap(({ path, arn, whyRegion, whyAccount }) => {
    const found = partsOf(arn)[what];
    if (found === right) return [];
    const why = what === 'region' ? whyRegion : whyAccount;
    return [
      {
        path,
        what: `is in the ${what} ${found}, and not in ${right} (${whose}); ${why}; for example: ${arn.replace(`:${found}:`, `:${right}:`)}`,
      },
    ];
  });
}

import { readCron } from '../core/config/cron.ts';
import { datesOf } from '../core/config/cron-dates.ts';
import { type Deployment, regionName } from '../core/config/deployment.ts';
import type { Mistake } from '../core/config/mistakes.ts';
import { cronOfSchedule } from '../core/config/schedules.ts';
import { allSecretsOf, type ClusterConfig, type LedgerConfig, type Readable } from '../core/config/schema.ts';
import type { Path } from '../core/config/walk.ts';
import { partitionOf } from '../core/connect/aws-partition.ts';
import { domainIn } from '../core/connect/open-search-service.ts';
import { mistakesOfArns } from './arn-mistakes.ts';
import { mistakesOfEvents } from './event-mistakes.ts';

const day = 86_400_000;

/**
 * Finds the settings that suit the command line but not a deployment, or that AWS would refuse only in the middle of a
 * deployment.
 */
export function mistakesOfDeployment(parts: Readable, deployment: Deployment, now = Date.now()): Mistake[] {
  const { clusters, ledger } = parts;
  return [
    ...mistakesOfSecrets(parts, deployment),
    ...Object.entries(clusters).flatMap(([name, cluster]) => [
      ...mistakesOfDomain(name, cluster, deployment),
      ...mistakesOfSchedules(name, cluster, now),
      ...mistakesOfEvents(name, cluster),
    ]),
    ...(ledger ? mistakesOfLedger(ledger, deployment) : []),
    ...mistakesOfArns(parts, deployment),
    ...mistakesOfNetwork(deployment),
    ...mistakesOfTopicKey(deployment),
    ...mistakesOfDashboard(Object.keys(clusters).length, deployment),
    ...mistakesOfStack(deployment),
  ];
}

function mistakesOfSecrets(parts: Readable, { region = '' }: Deployment): Mistake[] {
  const example = `arn:${partitionOf(region)}:secretsmanager:…`;
  return allSecretsOf(parts).flatMap(({ path: at, ref }) => {
    if ('env' in ref) {
      return [
        {
          path: at,
          what: `is the environment variable ${ref.env}, which the functions do not have; put the secret into Secrets Manager and write: { secretsManager: "${example}", key: ${at.at(-1)} }`,
        },
      ];
    }
    if ('file' in ref) {
      return [
        {
          path: at,
          what: `is the file ${ref.file}, and the bundles of the functions contain no private keys or other secrets; put it into Secrets Manager and write: { secretsManager: "${example}" }`,
        },
      ];
    }
    // A permission needs the whole ARN. Secrets Manager adds the last six characters to the name.
    if (/-[A-Za-z0-9]{6}$/.test(ref.secretsManager)) return [];
    return [
      {
        path: at,
        what: 'is not the whole ARN of a secret: it ends in a hyphen and six characters; copy it from Secrets Manager',
      },
    ];
  });
}

/** The permission names the domain. Its account is that of the stack unless the configuration says otherwise. */
function mistakesOfDomain(name: string, { search }: ClusterConfig, { region = '' }: Deployment): Mistake[] {
  const auth = search?.auth;
  if (!auth || !('aws' in auth) || auth.domainArn !== undefined || domainIn(search.url)) return [];
  return [
    {
      path: ['clusters', name, 'search', 'auth', 'aws'],
      what: `needs the ARN of the domain beside it, because the url does not name the domain; write: domainArn: "arn:${partitionOf(region)}:es:REGION:ACCOUNT:domain/NAME"`,
    },
  ];
}

function mistakesOfLedger(ledger: LedgerConfig, deployment: Deployment): Mistake[] {
  const mistakes: Mistake[] = [];
  const { bucket, endpoint, region } = ledger.s3 ?? {};
  if (bucket !== undefined && !isBucketName(bucket)) {
    mistakes.push({
      path: ['ledger', 's3', 'bucket'],
      what: 'is not the name of a bucket: 3 to 63 lower case letters, digits, hyphens and dots, which is neither an IP address nor begins or ends with what S3 reserves (xn--, -s3alias and others); for example: my-company-camunda-backups',
    });
  }
  if (endpoint !== undefined) {
    mistakes.push({
      path: ['ledger', 's3', 'endpoint'],
      what: 'is not a server of AWS, and a deployment keeps its ledger in its own bucket; omit it',
    });
  }
  if (region !== undefined && !regionName.test(region)) {
    mistakes.push({ path: ['ledger', 's3', 'region'], what: 'is not a region; for example: eu-central-1' });
  } else if (region !== undefined && deployment.region !== undefined && region !== deployment.region) {
    mistakes.push({
      path: ['ledger', 's3', 'region'],
      what: `differs from deployment.region (${deployment.region}), where the bucket is created`,
    });
  }
  return mistakes;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9](?:[a-z0-9-]|\.(?=[a-z0-9])){1,61}[a-z0-9]$/.test(name) &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !/^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name)
  );
}

function mistakesOfSchedules(name: string, { schedules }: ClusterConfig, now: number): Mistake[] {
  // No time zone is more than a day behind UTC.
  const yesterday = (Math.floor(now / day) - 1) * day;
  return schedules.flatMap((schedule, index) => {
    const read = readCron(cronOfSchedule(schedule));
    if ('mistake' in read || !datesOf(read.cron, yesterday).next().done) return [];
    return [
      {
        path: ['clusters', name, 'schedules', index, 'cron'],
        what: 'names only days that are past, so it would never start a backup; for example: "0 3 * * ? *"',
      },
    ];
  });
}

function mistakesOfNetwork({ network, region }: Deployment): Mistake[] {
  if (!network) return [];
  const { vpcId, subnetIds, securityGroupIds, availabilityZones } = network;
  const ids: [path: Path, id: string][] = [
    [['vpcId'], vpcId],
    ...subnetIds.map((id, index): [Path, string] => [['subnetIds', index], id]),
    ...securityGroupIds.map((id, index): [Path, string] => [['securityGroupIds', index], id]),
  ];
  const mistakes: Mistake[] = ids
    .filter(([, id]) => !/^[a-z]+-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
    .map(([path, id]) => ({
      path: ['deployment', 'network', ...path],
      what: `is ${id}, which is not a whole id; for example: ${id.split('-')[0]}-0123456789abcdef0`,
    }));
  for (const [index, zone] of availabilityZones.entries()) {
    if (region === undefined || zone.startsWith(region)) continue;
    mistakes.push({
      path: ['deployment', 'network', 'availabilityZones', index],
      what: `is ${zone}, which is not in deployment.region (${region}); for example: ${region}a`,
    });
  }
  if (subnetIds.length !== availabilityZones.length) {
    mistakes.push({
      path: ['deployment', 'network', 'subnetIds'],
      what: `are ${subnetIds.length} for ${availabilityZones.length} availability zones; write one for each, in the same order`,
    });
  }
  return mistakes;
}

function mistakesOfTopicKey({ alerts }: Deployment): Mistake[] {
  const { topicArn, topicKeyArn, encrypted } = alerts;
  const mistakes: Mistake[] = [];
  if (topicKeyArn !== undefined && !/^arn:[^:]+:kms:[^:]+:\d{12}:key\/[\w-]+$/.test(topicKeyArn)) {
    mistakes.push({
      path: ['deployment', 'alerts', 'topicKeyArn'],
      what: `is ${topicKeyArn}, which is not the whole ARN of a key, and a permission cannot name an alias; for example: arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef`,
    });
  }
  if (!encrypted && (topicArn !== undefined || topicKeyArn !== undefined)) {
    mistakes.push({
      path: ['deployment', 'alerts', 'encrypted'],
      what: `is false, which is for a topic that the stack makes, and ${topicArn === undefined ? 'topicKeyArn names a key for it' : 'topicArn names an existing one'}; omit one of the two`,
    });
  }
  return mistakes;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const mostWidgets = 500;
const widgetsOfCluster = 5;
const otherWidgets = 2;

function mistakesOfDashboard(clusters: number, { dashboard }: Deployment): Mistake[] {
  const widgets = clusters * widgetsOfCluster + otherWidgets;
  if (!dashboard || widgets <= mostWidgets) return [];
  return [
    {
      path: ['deployment', 'dashboard'],
      what: `is true, and ${clusters} clusters × ${widgetsOfCluster} widgets and ${otherWidgets} others are ${widgets}, of which CloudWatch shows ${mostWidgets}; for example: false, or several stacks of at most ${Math.floor((mostWidgets - otherWidgets) / widgetsOfCluster)} clusters`,
    },
  ];
}

function mistakesOfStack({ objectLock, removalPolicy }: Deployment): Mistake[] {
  const mistakes: Mistake[] = [];
  if (objectLock !== undefined && removalPolicy === 'destroy') {
    mistakes.push({
      path: ['deployment', 'removalPolicy'],
      what: 'is `destroy`, but `objectLock` prevents the deletion of the ledger; write only one of the two',
    });
  }
  return mistakes;
}

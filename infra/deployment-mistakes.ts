import type { Deployment } from '../core/config/deployment.ts';
import { type ClusterConfig, type Config, secretsOf } from '../core/config/schema.ts';

/** A setting that suits the command line but not a deployment, with its path and a sentence that says what to write. */
export interface DeploymentMistake {
  path: string;
  what: string;
}

export function mistakesOfDeployment(config: Config, deployment: Deployment): DeploymentMistake[] {
  const clusters = Object.entries(config.clusters).flatMap(([name, cluster]) => [
    ...mistakesOfSecrets(`clusters.${name}`, cluster),
  ]);
  return [
    ...clusters,
    ...mistakesOfLedger(config, deployment),
    ...mistakesOfNetwork(deployment),
    ...mistakesOfTopicKey(deployment),
    ...mistakesOfStack(deployment),
  ];
}

function mistakesOfSecrets(path: string, cluster: ClusterConfig): DeploymentMistake[] {
  return secretsOf(cluster).flatMap(({ path: place, ref }) => {
    const at = [path, ...place].join('.');
    if ('env' in ref) {
      return [
        {
          path: at,
          what: `is the environment variable ${ref.env}, which the functions do not have; put the secret into Secrets Manager and write: { secretsManager: "arn:aws:secretsmanager:…", key: ${place.at(-1)} }`,
        },
      ];
    }
    if ('file' in ref) {
      return [
        {
          path: at,
          what: `is the file ${ref.file}, and the bundles of the functions contain no private keys; put it into Secrets Manager and write: { secretsManager: "arn:aws:secretsmanager:…" }`,
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

function mistakesOfLedger({ ledger }: Config, deployment: Deployment): DeploymentMistake[] {
  const mistakes: DeploymentMistake[] = [];
  const { bucket, endpoint, region } = ledger.s3 ?? {};
  if (bucket !== undefined && !/^[a-z0-9](?:[a-z0-9-]|\.(?=[a-z0-9])){1,61}[a-z0-9]$/.test(bucket)) {
    mistakes.push({
      path: 'ledger.s3.bucket',
      what: 'is not the name of a bucket: 3 to 63 lower case letters, digits, hyphens and dots',
    });
  }
  if (endpoint !== undefined) {
    mistakes.push({
      path: 'ledger.s3.endpoint',
      what: 'is not a server of AWS, and a deployment keeps its ledger in its own bucket; omit it',
    });
  }
  if (region !== undefined && deployment.region !== undefined && region !== deployment.region) {
    mistakes.push({
      path: 'ledger.s3.region',
      what: `differs from deployment.region (${deployment.region}), where the bucket is created`,
    });
  }
  return mistakes;
}

function mistakesOfNetwork({ network }: Deployment): DeploymentMistake[] {
  if (!network) return [];
  const { vpcId, subnetIds, securityGroupIds, availabilityZones } = network;
  const ids: [path: string, id: string][] = [
    ['vpcId', vpcId],
    ...subnetIds.map((id, index): [string, string] => [`subnetIds.${index}`, id]),
    ...securityGroupIds.map((id, index): [string, string] => [`securityGroupIds.${index}`, id]),
  ];
  const mistakes = ids
    .filter(([, id]) => !/^[a-z]+-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
    .map(([path, id]) => ({
      path: `deployment.network.${path}`,
      what: `is ${id}, which is not a whole id; for example: ${id.split('-')[0]}-0123456789abcdef0`,
    }));
  if (subnetIds.length !== availabilityZones.length) {
    mistakes.push({
      path: 'deployment.network.subnetIds',
      what: `are ${subnetIds.length} for ${availabilityZones.length} availability zones; write one for each, in the same order`,
    });
  }
  return mistakes;
}

function mistakesOfTopicKey({ alerts }: Deployment): DeploymentMistake[] {
  const { topicArn, topicKeyArn, encrypted } = alerts;
  const mistakes: DeploymentMistake[] = [];
  if (topicKeyArn !== undefined && !/^arn:[^:]+:kms:[^:]+:\d{12}:key\/[\w-]+$/.test(topicKeyArn)) {
    mistakes.push({
      path: 'deployment.alerts.topicKeyArn',
      what: `is ${topicKeyArn}, which is not the whole ARN of a key, and a permission cannot name an alias; for example: arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef`,
    });
  }
  if (!encrypted && (topicArn !== undefined || topicKeyArn !== undefined)) {
    mistakes.push({
      path: 'deployment.alerts.encrypted',
      what: `is false, which is for a topic that the stack makes, and ${topicArn === undefined ? 'topicKeyArn names a key for it' : 'topicArn names an existing one'}; omit one of the two`,
    });
  }
  return mistakes;
}

function mistakesOfStack({ objectLock, removalPolicy }: Deployment): DeploymentMistake[] {
  const mistakes: DeploymentMistake[] = [];
  if (objectLock !== undefined && removalPolicy === 'destroy') {
    mistakes.push({
      path: 'deployment.removalPolicy',
      what: 'is `destroy`, but `objectLock` prevents the deletion of the ledger; write only one of the two',
    });
  }
  return mistakes;
}

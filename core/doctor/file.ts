import { cronOfSchedule } from '../config/schedules.ts';
import { addressesOf, type ClusterConfig, type Config } from '../config/schema.ts';
import type { Diagnosis } from './diagnosis.ts';
import { configuredStore, overlap, placeInWords } from './places.ts';

/** Judges what the configuration file alone shows. No address is asked. */
export function readFile(cluster: string, file: Config): Diagnosis[] {
  const config = file.clusters[cluster];
  if (!config) return [];
  return [
    ...schedule(config, file),
    ...recipients(file),
    ...openLogins(config),
    ...openWebhook(file),
    ...neighbours(cluster, config, file),
  ];
}

function schedule({ schedules, maxAge }: ClusterConfig, { deployment }: Config): Diagnosis[] {
  const enabled = schedules.filter((one) => one.enabled);
  const finding = { name: 'schedule', subject: 'schedules' };
  if (enabled.length === 0) {
    // Without a deployment, something else starts the backups, which the file does not name.
    if (!deployment && schedules.length === 0) return [];
    const says = schedules.length === 0 ? 'There is no schedule' : 'Every schedule is disabled';
    return [
      {
        ...finding,
        severity: 'warning',
        says: `${says}: no backup starts by itself`,
        remedy: 'Write one into `schedules`, or set `enabled: true`.',
      },
    ];
  }
  const when = enabled.map((one) => `${cronOfSchedule(one)} (${one.timezone})`).join(', ');
  const found: Diagnosis[] = [{ ...finding, severity: 'ok', says: `A backup starts at ${when}` }];
  if (maxAge === undefined) {
    found.push({
      ...finding,
      severity: 'warning',
      says: 'Nobody is told if backups stay away, because `maxAge` is not set',
      remedy: 'Set `maxAge` to the time between two backups and some hours more, such as 26h.',
    });
  }
  return found;
}

function recipients({ deployment, notify }: Config): Diagnosis[] {
  if (!deployment || notify) return [];
  const { email, sms, https, lambda, topicArn } = deployment.alerts;
  if (topicArn !== undefined || [email, sms, https, lambda].some(({ length }) => length > 0)) return [];
  return [
    {
      name: 'subscriptions',
      severity: 'warning',
      subject: 'alerts',
      says: 'The alerts have no recipient: nobody is told when a backup fails',
      remedy: 'Write one into `deployment.alerts` (`email`, `sms`, `https`, `lambda` or `topicArn`).',
    },
  ];
}

/** A login that is sent without TLS can be read on the way, except on this machine. */
function openLogins(config: ClusterConfig): Diagnosis[] {
  return addressesOf(config).flatMap(({ path, url, auth }) => {
    // A signature for AWS contains no secret.
    if (!auth || 'aws' in auth || !isOpen(url)) return [];
    const name = path.join('.');
    return [
      {
        name: 'openLogin',
        severity: 'warning' as const,
        subject: name,
        says: `The login of \`${name}\` is sent to ${url} without TLS`,
        remedy: `Let the server speak TLS, and write https into \`${name}.url\`.`,
      },
    ];
  });
}

/** Whether others can read on the way what is sent to an address. */
function isOpen(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol !== 'https:' && !/^(localhost|127\..*|\[::1\])$/.test(hostname);
}

/** The signature keeps alerts from being forged, and hides nothing. */
function openWebhook({ notify }: Config): Diagnosis[] {
  if (!notify || !isOpen(notify.webhook.url)) return [];
  return [
    {
      name: 'openWebhook',
      severity: 'warning',
      subject: 'notify.webhook',
      says: `The alerts are sent to ${notify.webhook.url} without TLS`,
      remedy: 'Let the receiver speak TLS, and write https into `notify.webhook.url`.',
    },
  ];
}

/** Clusters of one file that write to the same place destroy or hide each other's backups. */
function neighbours(cluster: string, config: ClusterConfig, { clusters }: Config): Diagnosis[] {
  return Object.entries(clusters)
    .filter(([name]) => name !== cluster)
    .flatMap(([name, other]) => [
      ...sameZeebe(config, other, name),
      ...sameStore(config, other, name),
      ...sameRepository(config, other, name),
    ]);
}

function sameZeebe({ zeebe }: ClusterConfig, other: ClusterConfig, name: string): Diagnosis[] {
  if (zeebe.url !== other.zeebe.url) return [];
  return [
    {
      name: 'sameCluster',
      severity: 'error',
      subject: 'zeebe',
      says: `The cluster ${name} has the same \`zeebe.url\`, ${zeebe.url}: two backups of one Zeebe would get in each other's way`,
      remedy: `Correct \`zeebe.url\` of one of them, or remove ${name}.`,
    },
  ];
}

function sameStore(config: ClusterConfig, other: ClusterConfig, name: string): Diagnosis[] {
  const [a, b] = [configuredStore(config), configuredStore(other)];
  const found = a && b && overlap(a, b);
  if (!found) return [];
  return [
    {
      name: 'basePaths',
      severity: found === 'equal' ? 'error' : 'warning',
      subject: 'zeebe',
      says: `\`zeebe.store\` is ${placeInWords(a)}, and that of the cluster ${name} is ${placeInWords(b)}: ${found === 'equal' ? 'this is the same place' : 'one of these is inside of the other'}`,
      remedy: 'Give each cluster a bucket or a base path of its own, on its brokers and in `zeebe.store`.',
    },
  ];
}

function sameRepository(
  { search }: ClusterConfig,
  { search: theirs }: ClusterConfig,
  name: string,
): Diagnosis[] {
  if (!search || search.url !== theirs?.url || search.repository !== theirs.repository) return [];
  return [
    {
      name: 'sharedRepository',
      severity: 'warning',
      subject: 'search',
      says: `The cluster ${name} uses the same search engine and the same repository ${search.repository}: the names of their snapshots differ by the id alone, and each lists the backups of the other`,
      remedy: 'Register a repository with a base path of its own for each cluster.',
    },
  ];
}

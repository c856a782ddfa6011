import type { Deployment } from '../core/config/deployment.ts';
import { addressesOf, type ClusterConfig, type Config } from '../core/config/schema.ts';
import type { Path } from '../core/config/walk.ts';
import type { Risk } from './risk.ts';

/** Why the functions of a deployment cannot reach an address. */
type Unreachable = 'ownMachine' | 'insideKubernetes' | 'outsideOfVpc';

/** The addresses of a cluster that the functions cannot reach, by the reason, as texts with their settings and hosts. */
function unreachableOf(
  cluster: ClusterConfig,
  { isInVpc }: { isInVpc: boolean },
): Map<Unreachable, string[]> {
  const found = new Map<Unreachable, string[]>();
  for (const { path, url } of urlsOf(cluster)) {
    const { hostname } = new URL(url);
    const why = whyUnreachable(hostname, isInVpc);
    if (why) found.set(why, [...(found.get(why) ?? []), `${path.join('.')} (${hostname})`]);
  }
  return found;
}

function urlsOf(cluster: ClusterConfig): { path: Path; url: string }[] {
  const brokers = cluster.zeebe.brokers ?? [];
  return [
    ...addressesOf(cluster).map(({ path, url }) => ({ path: [...path, 'url'], url })),
    ...brokers.map((url, index) => ({ path: ['zeebe', 'brokers', index], url })),
  ];
}

/** The addresses of a process's own machine: https://www.iana.org/assignments/iana-ipv4-special-registry */
const ownMachine = /^(?:(?:.+\.)?localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\])$/;

/** A service of Kubernetes, a pod of a headless service (NAME-0.NAME), or a name that ends with no top-level domain. */
const insideKubernetes =
  /^[^.:[\]]+$|\.svc(?:\.|$)|\.cluster\.local$|^(?<name>[^.]+)-\d+\.\k<name>(?:\.[^.]+)?$|\.(?!xn--)[^.:]*-[^.:]*$/;

/** Addresses that only their own network knows: https://www.rfc-editor.org/rfc/rfc1918, rfc6598, rfc3927, rfc4193 */
const privateAddress =
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.)[\d.]+$|^\[(?:f[cd]|fe[89ab])/;

/** Names that only a VPC resolves, or that lead to private addresses: EC2, internal load balancers, OpenSearch Service. */
const privateName =
  /\.(?:internal|local|lan|corp|home\.arpa)$|^internal-.*\.elb\.amazonaws\.|^vpc-.*\.es\.(?:amazonaws|on\.aws)/;

function whyUnreachable(host: string, isInVpc: boolean): Unreachable | undefined {
  if (ownMachine.test(host)) return 'ownMachine';
  if (insideKubernetes.test(host)) return 'insideKubernetes';
  return !isInVpc && (privateAddress.test(host) || privateName.test(host)) ? 'outsideOfVpc' : undefined;
}

/** What is wrong with such addresses and what to do. Each sentence follows the name of the cluster. */
const sentences: Record<Unreachable, string> = {
  ownMachine:
    'has addresses of the own machine, which in AWS Lambda is the function itself. Write the addresses at which a VPC reaches the cluster',
  insideKubernetes:
    'has addresses with names that only Kubernetes or a container network knows, and no function of AWS Lambda resolves them. Give the cluster names that a VPC resolves, such as those of an internal load balancer, and name the VPC in deployment.network',
  outsideOfVpc:
    'has private addresses, and the functions run outside of every VPC. Name the VPC that reaches them in deployment.network',
};

/** Warns of addresses that the functions cannot reach. */
export function risksOfReachability(
  name: string,
  cluster: ClusterConfig,
  place: { isInVpc: boolean },
): Risk[] {
  return [...unreachableOf(cluster, place)].map(([why, addresses]) => [
    `${why}-${name}`,
    `The cluster ${name} ${sentences[why]}; docs/network.md says how. These are: ${addresses.join(', ')}.`,
  ]);
}

/** What is wrong with the address of the webhook and what to do. Each sentence follows it. */
const webhookSentences: Record<Unreachable, string> = {
  ownMachine: 'is of the own machine, which in AWS Lambda is the function itself',
  insideKubernetes: 'has a name that only Kubernetes or a container network knows',
  outsideOfVpc:
    'is private, and the functions that report the end of a run are outside of every VPC. Name the VPC that reaches it in deployment.network, with `functions: all`',
};

/** Warns of a webhook that the functions cannot reach. Not all that tell people are in the VPC unless every function is. */
export function risksOfWebhook({ notify }: Pick<Config, 'notify'>, { network }: Deployment): Risk[] {
  if (!notify) return [];
  const { hostname } = new URL(notify.webhook.url);
  const why = whyUnreachable(hostname, network?.functions === 'all');
  if (!why) return [];
  return [
    [
      `${why}-webhook`,
      `The address of notify.webhook (${hostname}) ${webhookSentences[why]}. Until then the functions tell people by the topic alone.`,
    ],
  ];
}

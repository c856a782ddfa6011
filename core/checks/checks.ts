import { type GatewayTopology, readGatewayTopology } from '../components/zeebe/topology.ts';
import { type CheckName, type ClusterConfig, checkNames } from '../config/schema.ts';
import { restApi } from '../connect/management.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';
import { adviceFor } from '../remedies.ts';
import { alreadyPaused } from './already-paused.ts';
import {
  inactive,
  lagging,
  leaderless,
  missingBrokers,
  pendingChange,
  silentBrokers,
  unhealthy,
  unprocessed,
  unseen,
} from './brokers.ts';
import { uncovered } from './coverage.ts';
import type { DiscoveredCluster, Discovery } from './discover.ts';
import { idleExporters } from './exporters.ts';
import {
  type BackupList,
  busy,
  endedIds,
  listBackups,
  missingLists,
  type Ours,
  onlyBackupErrors,
  refusedLists,
} from './lists.ts';
import { lookAtSearch } from './search.ts';

type Needs = Pick<Context, 'http' | 'secrets' | 'search' | 'clock'>;

/** What is known of a cluster before its backup. */
export interface Facts {
  config: ClusterConfig;
  cluster: DiscoveredCluster;
  lists: BackupList[];
  /** Where a REST address is configured; or why it could not be asked. */
  gateway?: GatewayTopology | undefined;
  gatewayError?: BackupError;
  ours: Ours;
}

type Findings = Record<CheckName, BackupError[]>;

/**
 * Whether a backup can succeed, one entry for each check of the cluster; the README says why each is there. What may
 * pass has a name that the state machine repeats.
 */
function lookAtCluster(facts: Facts): Omit<Findings, 'repository' | 'records' | 'coverage'> {
  const { lists, ours, cluster } = facts;
  const paused = ours.paused ? undefined : alreadyPaused(cluster.replicas, cluster.exporting, ours.resume);
  return {
    brokers: [pendingChange, inactive, silentBrokers, missingBrokers].flatMap((find) => find(facts)),
    partitions: [leaderless, unseen, unprocessed, unhealthy].flatMap((find) => find(facts)),
    backupStore: refusedLists(lists, 'zeebe'),
    components: [
      ...refusedLists(lists, 'webApplications', 'operate', 'tasklist', 'optimize'),
      // Zeebe takes several at once.
      ...lists.flatMap((list) => (list.target.component === 'zeebe' ? [] : busy(list, ours))),
    ],
    exporting: paused ? [paused] : [],
    exporters: idleExporters(facts),
    exporterLag: ours.paused ? [] : lagging(facts),
  };
}

export interface Checked {
  /** What refuses the backup. */
  refusals: BackupError[];
  /** What would, if the configuration did not say `warn`. */
  warnings: string[];
  lists: BackupList[];
}

/** Looks at everything that the discovery has found. Changes nothing. */
export async function checkCluster(
  config: ClusterConfig,
  { cluster, searchVersion }: Discovery,
  ours: Ours,
  context: Needs,
): Promise<Checked> {
  const [facts, search] = await Promise.all([
    cluster && gather(config, cluster, ours, context),
    searchVersion === undefined ? undefined : lookAtSearch(config, context),
  ]);
  const lists = facts?.lists ?? [];
  const { unknown = [], indices = [], ...searched } = search ?? {};
  const findings: Partial<Findings> = {
    ...(facts && lookAtCluster(facts)),
    ...searched,
    ...(cluster && { coverage: uncovered(config, cluster, indices) }),
  };
  // Where the repository is known to be bad, it is nothing new that its snapshots cannot be listed.
  if (search?.repository.length === 0) findings.repository = refusedLists(lists, 'records');
  const { refusals, warnings } = judge(findings, config);
  return {
    // What the ids say is no check that the configuration could turn into a warning.
    refusals: [...refusals, ...endedIds(lists)],
    warnings: [...warnings, ...unknown, ...missingLists(lists, ours)],
    lists,
  };
}

async function gather(
  config: ClusterConfig,
  cluster: DiscoveredCluster,
  ours: Ours,
  context: Needs,
): Promise<Facts> {
  const { zeebe, applications, records } = cluster;
  const targets = [zeebe, ...applications, ...(records ? [records] : [])];
  const [lists, gateway] = await Promise.all([
    Promise.all(targets.map((target) => listBackups(target, ours, context))),
    askGateway(config, context),
  ]);
  return { config, cluster, lists, ours, ...gateway };
}

async function askGateway(
  { zeebe: { rest } }: ClusterConfig,
  { http, secrets }: Needs,
): Promise<Pick<Facts, 'gateway' | 'gatewayError'>> {
  if (!rest) return {};
  try {
    return { gateway: await readGatewayTopology(restApi(rest, http, secrets)) };
  } catch (error) {
    return { gatewayError: onlyBackupErrors(error) };
  }
}

function judge(findings: Partial<Findings>, { checks }: ClusterConfig): Omit<Checked, 'lists'> {
  const refusals: BackupError[] = [];
  const warnings: string[] = [];
  for (const check of checkNames) {
    for (const { name, message, remedy: own, status, cause } of findings[check] ?? []) {
      const sentence = `Check ${check}: ${message}`;
      const remedy = own ?? adviceFor(message) ?? remedies[check];
      const details = { cause, remedy, ...(status ? { status } : {}) };
      if (checks[check] === 'warn') warnings.push(sentence);
      else refusals.push(new BackupError(name, sentence, details));
    }
  }
  return { refusals, warnings };
}

/** Where neither the error nor its words say what to do: a server that does not answer or is in trouble. */
const remedies: Record<CheckName, string> = {
  brokers: 'Bring this broker back, or correct `zeebe.brokers` and `zeebe.rest`; then start again.',
  partitions: 'See the log of the broker that has this partition; then start again.',
  backupStore: 'See whether the brokers reach their backup store (their logs say it); then start again.',
  repository: 'See whether every node of the search engine reaches the repository; then start again.',
  components: 'See the log of this component, and whether it reaches its repository; then start again.',
  exporting: 'Find out who paused exporting; then start again.',
  exporters: 'See GET /actuator/exporters; then start again.',
  exporterLag: 'Wait until the exporters have caught up; then start again.',
  records: 'See whether the search engine answers; then start again.',
  coverage: 'Configure what is missing; then start again.',
};

import { adviceFor } from '../advice.ts';
import { type ComponentName, type KnownBackup, titles } from '../camunda/component.ts';
import { restApi } from '../camunda/management.ts';
import { type GatewayTopology, readGatewayTopology } from '../camunda/topology.ts';
import { type CheckName, type ClusterConfig, checkNames } from '../config.ts';
import type { Context } from '../context.ts';
import { BackupError, isBackupError } from '../errors.ts';
import type { CamundaTarget, RecordsTarget } from '../plan.ts';
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
} from './check-brokers.ts';
import { lookAtSearch } from './check-search.ts';
import type { DiscoveredCluster, Discovery } from './discover-cluster.ts';
import { alreadyPaused } from './exporting.ts';
import { camundaComponent, withRecords } from './targets.ts';

type Needs = Pick<Context, 'http' | 'secrets' | 'search'>;

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

/** What belongs to the run that looks: it may look once more when it has begun. */
export interface Ours {
  runId: string;
  /** The backups that this run makes, or has made in the try before. */
  ids: (number | undefined)[];
  /** This run may have paused exporting itself. */
  paused: boolean;
  /** Every id that the ledger of this cluster has. */
  ledgerIds: number[];
}

/** The backups of one component, or why they could not be listed. */
export interface BackupList {
  target: CamundaTarget | RecordsTarget;
  backups: KnownBackup[];
  error?: BackupError;
}

type Findings = Record<CheckName, BackupError[]>;

/**
 * Whether a backup can succeed, one entry for each check of the cluster; the README says why each is there. What may
 * pass has a name that the state machine repeats.
 */
function lookAtCluster(facts: Facts): Omit<Findings, 'repository' | 'records'> {
  const { lists, ours, cluster } = facts;
  const paused = ours.paused ? undefined : alreadyPaused(cluster.replicas, cluster.exporting);
  return {
    brokers: [pendingChange, inactive, silentBrokers, missingBrokers].flatMap((find) => find(facts)),
    partitions: [leaderless, unseen, unprocessed, unhealthy].flatMap((find) => find(facts)),
    backupStore: unlisted(lists, 'zeebe'),
    components: [
      ...unlisted(lists, 'webApplications', 'operate', 'tasklist', 'optimize'),
      // Zeebe takes several at once.
      ...lists.flatMap((list) => (list.target.component === 'zeebe' ? [] : busy(list, ours))),
    ],
    exporting: paused ? [paused] : [],
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
  const { unknown = [], ...searched } = search ?? {};
  const findings: Partial<Findings> = { ...(facts && lookAtCluster(facts)), ...searched };
  // Where the repository is known to be bad, it is nothing new that its snapshots cannot be listed.
  if (search?.repository.length === 0) findings.repository = unlisted(lists, 'records');
  const { refusals, warnings } = judge(findings, config);
  return { refusals, warnings: [...warnings, ...unknown, ...lists.flatMap(unreadable)], lists };
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
    Promise.all(targets.map((target) => listOf(target, ours.runId, context))),
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

async function listOf(
  target: CamundaTarget | RecordsTarget,
  runId: string,
  context: Needs,
): Promise<BackupList> {
  try {
    const backups =
      target.component === 'records'
        ? await withRecords(target, runId, context, (component) => component.list())
        : await camundaComponent(target, context).list();
    return { target, backups };
  } catch (error) {
    return { target, backups: [], error: onlyBackupErrors(error) };
  }
}

/** Anything else is a defect, and no finding. */
function onlyBackupErrors(error: unknown): BackupError {
  if (isBackupError(error)) return error;
  throw error;
}

/** A component that cannot list its backups has no store or repository, or cannot reach it. */
function unlisted(lists: BackupList[], ...components: ComponentName[]): BackupError[] {
  return lists.flatMap(({ target, error }) =>
    error && !isBackupError(error, 'ListUnreadable') && components.includes(target.component) ? [error] : [],
  );
}

/** It refuses a second backup itself: what is not known here is no reason to make none until somebody tidies up. */
function unreadable({ target, error }: BackupList): string[] {
  if (!isBackupError(error, 'ListUnreadable')) return [];
  const title = titles[target.component];
  return [`Whether ${title} is taking another backup is not known: ${error.message}. ${error.remedy}`];
}

function busy({ target, backups }: BackupList, { ids, ledgerIds }: Ours): BackupError[] {
  return backups
    .filter(({ backupId, state }) => state === 'IN_PROGRESS' && !ids.includes(backupId))
    .map(({ backupId }) => {
      const whose = ledgerIds.includes(backupId)
        ? 'which a run of this ledger has started'
        : 'which nobody knows: this ledger has no such backup';
      return new BackupError(
        'ComponentBusy',
        `${titles[target.component]} at ${target.url} is taking the backup ${backupId} (IN_PROGRESS), ${whose}`,
        {
          remedy: `Wait until it has ended. If nobody is taking it any more, delete it from ${titles[target.component]}; then start again.`,
        },
      );
    });
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
  exporterLag: 'Wait until the exporters have caught up; then start again.',
  records: 'See whether the search engine answers; then start again.',
};

import type { BackupStore } from '../components/zeebe/store/backup-store.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { EvidenceName } from '../config/verify.ts';
import type { Context } from '../context.ts';
import type { Judgement, Verification } from '../ledger/verification.ts';
import { judgeComponents } from './components.ts';
import { type DataSeen, judgeData } from './data.ts';
import type { Facts } from './facts.ts';
import { lookAt } from './judgement.ts';
import { judgeManifest } from './manifest.ts';
import { judgeOptimizeOrder } from './optimize-order.ts';
import { judgePartitions } from './partitions.ts';
import { gatherReplication, judgeReplication } from './replication.ts';
import { judgeSnapshots } from './snapshots.ts';
import { judgeStore, unreadPartitions } from './store.ts';
import { judgeTimes } from './times.ts';
import { judgeVersions } from './versions.ts';

type Needs = Pick<Context, 'ledger' | 'clock'>;

/** What a verification has beside the facts. */
export interface Beside {
  store: BackupStore | undefined;
  /** What the contents of the snapshots in the store came to; undefined if nobody asked to read them. */
  data: DataSeen | 'not read' | undefined;
  /** The moment at which the verification began. */
  verifiedAt: string;
}

/** Judges everything that was seen of a backup. Asks only whether the newest backup is copied. */
export async function verificationOf(
  facts: Facts,
  { store, data, verifiedAt }: Beside,
  context: Needs,
): Promise<Verification> {
  const { cluster, backupId, config } = facts;
  const required = config.verify.require ?? accessibleIn(config);
  const head = { format: 1 as const, cluster, backupId, verifiedAt };
  const state = facts.manifest.known?.state;
  if (state === 'RUNNING' || state === 'FAILED') {
    // Nothing follows from what such a backup lacks.
    const verdict = state === 'RUNNING' ? 'unknown' : 'wrong';
    return { ...head, verdict, required, judgements: judgeManifest(facts) };
  }
  const seen = facts.store?.known;
  const replication =
    store && seen && (await isNewest(facts, context)) ? await gatherReplication(seen, store) : undefined;
  const judgements = [
    ...judgeManifest(facts),
    ...judgeComponents(facts),
    ...judgeSnapshots(facts),
    ...judgePartitions(facts),
    ...judgeStore(facts),
    ...(data === 'not read' ? [notRead] : data ? judgeData(data, unreadPartitions(facts)) : []),
    ...(replication ? judgeReplication(replication, { isRequired: required.includes('replication') }) : []),
    ...judgeTimes(facts),
    ...judgeOptimizeOrder(facts),
    ...judgeVersions(facts),
  ];
  const all = [...judgements, ...notLookedAt(required, judgements)];
  return {
    ...head,
    verdict: verdictOf(all, required),
    required,
    judgements: all,
    ...(typeof data === 'object'
      ? { read: { files: data.files, bytes: data.bytes, seconds: data.seconds } }
      : {}),
  };
}

const notRead = lookAt('data', 'zeebe').unknown(
  "The contents of Zeebe's snapshots were not read, because its backup store was not",
);

/** Everything to which a configuration gives access. */
function accessibleIn({ search, zeebe }: ClusterConfig): EvidenceName[] {
  return [
    'manifest',
    'components',
    ...(search ? (['snapshots'] as const) : []),
    'partitions',
    ...(zeebe.store?.s3 || zeebe.store?.folder !== undefined ? (['store'] as const) : []),
  ];
}

/** What must be known and has no judgement was not looked at. That is not the same as nothing wrong. */
function notLookedAt(required: EvidenceName[], judgements: Judgement[]): Judgement[] {
  return required
    .filter((name) => !judgements.some((one) => one.name === name))
    .map((name) =>
      name === 'data'
        ? lookAt(name, 'zeebe').unknown(
            "The contents of Zeebe's snapshots were not read",
            'Verify with --read-data, and with `zeebe.store` in the configuration.',
          )
        : lookAt(name, 'backup').unknown(
            `\`verify.require\` names ${name}, and this backup shows nothing of it`,
          ),
    );
}

/** The verdict about all. Only what was seen to be right counts as proven. */
function verdictOf(judgements: Judgement[], required: EvidenceName[]): Verification['verdict'] {
  if (judgements.some(({ verdict }) => verdict === 'wrong')) return 'wrong';
  const unknown = judgements.filter(({ verdict }) => verdict === 'unknown');
  if (unknown.some(({ name }) => required.includes(name))) return 'unknown';
  return unknown.length > 0 ? 'inPart' : 'proven';
}

/** How many of the newest backups are looked at for a newer one that is complete. */
const newestCount = 20;

/** Copies are asked about for the newest backup only: that of an older one was looked at when it was the newest. */
async function isNewest({ cluster, backupId, config }: Facts, context: Needs): Promise<boolean> {
  if (!config.zeebe.store?.s3) return false;
  const { ledger } = context;
  const ids = await ledger.newestIds(cluster, newestCount, context);
  const last = await ledger.lastCompleted(cluster, ids);
  return last === undefined || last.backupId <= backupId;
}

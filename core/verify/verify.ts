import { factOf } from '../checks/fact.ts';
import { nowIso } from '../clock.ts';
import type { BackupStore } from '../components/zeebe/store/backup-store.ts';
import { openBackupStore } from '../components/zeebe/store/open.ts';
import { type ClusterConfig, chooseCluster } from '../config/schema.ts';
import type { EvidenceName } from '../config/verify.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';
import type { Judgement, Verification } from '../ledger/verification.ts';
import { judgeComponents } from './components.ts';
import { judgeData } from './data.ts';
import { type Facts, gatherFacts } from './facts.ts';
import { type Verifier, whileInUse } from './in-use.ts';
import { lookAt } from './judgement.ts';
import { judgeManifest } from './manifest.ts';
import { judgeOptimizeOrder } from './optimize-order.ts';
import { judgePartitions } from './partitions.ts';
import { type DataRead, type Progress, readData } from './read-data.ts';
import { gatherReplication, judgeReplication } from './replication.ts';
import { judgeSnapshots } from './snapshots.ts';
import { judgeStore } from './store.ts';
import { judgeTimes } from './times.ts';
import { judgeVersions } from './versions.ts';

type Needs = Pick<Context, 'config' | 'ledger' | 'http' | 'secrets' | 'search' | 'clock' | 'warn'>;

export interface VerifyOptions {
  /** True to read every byte of the snapshots in Zeebe's store, which may take hours. */
  readData: boolean;
  by: Verifier;
  onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Verifies one backup: asks everything to which the configuration gives access, and judges the answers. It changes
 * nothing but a mark in the ledger, and takes no lock. Throws ConfigurationError for an unknown cluster, and if everything
 * that was asked says that there is no such backup.
 */
export async function verifyBackup(
  cluster: string,
  backupId: number,
  options: VerifyOptions,
  context: Needs,
): Promise<Verification> {
  const { cluster: config } = chooseCluster(await context.config(), cluster);
  const verifiedAt = nowIso(context);
  const { known: manifest } = await factOf(() => context.ledger.readManifest(cluster, backupId));
  return whileInUse(
    // An id that the ledger does not know may be a mistake, and a mark would make it one that was used.
    manifest && { cluster, backupId, by: options.by },
    async (goesOn) => {
      await using store = config.zeebe.store && (await openBackupStore(config.zeebe.store, context));
      const facts = await gatherFacts({ cluster, backupId, config }, store, context);
      if (isNowhere(facts)) throw noSuchBackup(facts);
      const required = config.verify.require ?? accessibleIn(config);
      const { judgements, data } = await judge(
        facts,
        store,
        {
          ...options,
          required,
          onProgress: (progress) => {
            goesOn();
            options.onProgress?.(progress);
          },
        },
        context,
      );
      const all = [...judgements, ...notLookedAt(required, judgements)];
      return {
        format: 1,
        cluster,
        backupId,
        verifiedAt,
        verdict: verdictOf(all, required),
        required,
        judgements: all,
        ...(data ? { read: { files: data.files, bytes: data.bytes, seconds: data.seconds } } : {}),
      };
    },
    context,
  );
}

async function judge(
  facts: Facts,
  store: BackupStore | undefined,
  { readData: isDataWanted, onProgress, required }: VerifyOptions & { required: EvidenceName[] },
  context: Needs,
): Promise<{ judgements: Judgement[]; data: DataRead | undefined }> {
  const seen = facts.store?.known;
  const data =
    store && seen && isDataWanted
      ? await readData(seen, store, { clock: context.clock, onProgress })
      : undefined;
  const replication =
    store && seen && (await isNewest(facts, context)) ? await gatherReplication(seen, store) : undefined;
  return {
    judgements: [
      ...judgeManifest(facts),
      ...judgeComponents(facts),
      ...judgeSnapshots(facts),
      ...judgePartitions(facts),
      ...judgeStore(facts),
      ...(data ? judgeData(data) : isDataWanted ? [notRead] : []),
      ...(replication ? judgeReplication(replication, { isRequired: required.includes('replication') }) : []),
      ...judgeTimes(facts),
      ...judgeOptimizeOrder(facts),
      ...judgeVersions(facts),
    ],
    data,
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

/** True if everything was asked and nothing has the backup: the id is a mistake, and nothing is damaged. */
function isNowhere({ manifest, components, snapshots, store }: Facts): boolean {
  return (
    !manifest.unknown &&
    manifest.known === undefined &&
    components.every(({ status }) => status.known?.state === 'ABSENT') &&
    (!snapshots || snapshots.known?.size === 0) &&
    (!store?.known || store.known.manifests.length === 0)
  );
}

function noSuchBackup({ cluster, backupId }: Facts): BackupError {
  return new BackupError(
    'ConfigurationError',
    `There is no backup ${backupId} of ${cluster}, neither in the ledger nor in any component`,
    {
      remedy: 'Name the id of a backup.',
    },
  );
}

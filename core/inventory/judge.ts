import { isAhead, secondsBetween } from '../clock.ts';
import { configuredComponents } from '../components/locate.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import type { BackupError } from '../errors.ts';
import type { Manifest } from '../ledger/manifest.ts';
import { lastGoodOf, type Verification } from '../ledger/verification.ts';
import type { ListedBackup } from './backup.ts';
import type { Recorded } from './books.ts';
import type { Held } from './held.ts';
import { isLost, type Seen, seenOf } from './seen.ts';

type Clock = Pick<Context['clock'], 'now'>;

/** What is known of a backup of the ledger besides its manifest. */
export interface Surroundings {
  held: Held;
  config: ClusterConfig;
  /** The location of the manifest. */
  location: string;
  /** The backup that the holder of the lock is at work on; undefined if the lock could not be read. */
  atWork: { backupId: number | undefined } | undefined;
  clock: Clock;
}

/** Describes a backup of the ledger. What other sources show can only make it worse. */
export function ofLedger({ manifest, verification }: Recorded, around: Surroundings): ListedBackup {
  const { backupId, startedAt, endedAt, exporting, reason, expectedComponents, components } = manifest;
  const { location, clock } = around;
  const version = manifest.camundaVersion ?? manifest.configuredVersion;
  const complete = components.filter(({ state }) => state === 'COMPLETED').length;
  const duration = secondsBetween(startedAt, endedAt);
  const paused = secondsBetween(exporting.pausedAt, exporting.resumedAt);
  const { state, problem, missing = 0 } = stateOfManifest({ manifest, verification }, around);
  return {
    backupId,
    madeBy: 'ledger',
    state,
    usable: state === 'COMPLETED' && !isAhead(startedAt, clock),
    createdAt: startedAt,
    ...(duration === undefined ? {} : { durationSeconds: duration }),
    ...(paused === undefined ? {} : { pausedSeconds: paused }),
    components: { complete: Math.max(0, complete - missing), expected: expectedComponents.length },
    ...(version ? { version } : {}),
    ...(verification ? { verified: verifiedBy(verification) } : {}),
    reason,
    ...(problem ? { problem } : {}),
    manifest: location,
  };
}

function verifiedBy(verification: Verification): ListedBackup['verified'] {
  // One that could not see everything does not replace one that could.
  const { verifiedAt, verdict } = lastGoodOf(verification) ?? verification;
  return { at: verifiedAt, verdict };
}

type Verdict = Pick<ListedBackup, 'state' | 'problem'> & { missing?: number };

function stateOfManifest(
  { manifest, verification }: Recorded,
  { held, config, atWork, clock }: Surroundings,
): Verdict {
  const { state, backupId, failure, startedAt } = manifest;
  if (state === 'FAILED') {
    return {
      state,
      problem: failure?.message ?? 'The manifest names no reason',
    };
  }
  if (state === 'RUNNING') {
    return atWork && atWork.backupId !== backupId
      ? { state, problem: 'No run is at work on it any more' }
      : { state };
  }
  const gone = manifest.expectedComponents.flatMap((component): Seen[] => {
    const entry = manifest.components.find((one) => one.component === component);
    const seen = seenOf(component, backupId, inRepositoryOf(manifest, held, config), entry);
    return isLost(seen) ? [seen] : [];
  });
  if (gone.length > 0) {
    const now = gone.map(({ says }) => says).join('; ');
    return { state: 'INCOMPLETE', problem: `It was complete, and now ${now}`, missing: gone.length };
  }
  if (verification?.verdict === 'wrong') {
    const wrong = verification.judgements.filter(({ verdict }) => verdict === 'wrong');
    return { state: 'DAMAGED', problem: wrong.map(({ says }) => says).join('; ') };
  }
  return isAhead(startedAt, clock)
    ? { state, problem: 'It is dated in the future: a clock is or was wrong' }
    : { state };
}

/** Without the repository, if the snapshots of the backup are known to be in another one. */
function inRepositoryOf({ components }: Manifest, held: Held, { search }: ClusterConfig): Held {
  const named = components.find(({ component }) => component === 'records')?.repository;
  return named === undefined || named === search?.repository ? held : { ...held, repository: undefined };
}

/** Describes a backup whose manifest cannot be read. */
export function unreadable(backupId: number, { message }: BackupError, location: string): ListedBackup {
  return {
    backupId,
    madeBy: 'ledger',
    state: 'UNKNOWN',
    usable: false,
    components: { complete: 0, expected: 0 },
    problem: message,
    manifest: location,
  };
}

/** Describes a backup that the ledger does not know, or of which it could not be asked, by what is seen of it. */
export function withoutManifest(
  backupId: number,
  madeBy: 'elsewhere' | 'unknown',
  { held, config }: { held: Held; config: ClusterConfig },
): ListedBackup {
  const expected = configuredComponents(config);
  const seen = expected.map((component) => seenOf(component, backupId, held, undefined));
  const { state, problem } = stateOfSeen(seen);
  const begun = [
    ...[...held.lists.values()].map(({ backups }) => backups.get(backupId)?.startedAt),
    ...snapshotsOf(backupId, held).map(({ name }) => held.repository?.read.get(name)?.startedAt),
    ...(held.store?.read.get(backupId) ?? []).map(({ manifest }) => manifest?.createdAt),
  ].filter((one) => one !== undefined);
  const [createdAt] = begun.sort();
  const versions = [
    ...(held.store?.read.get(backupId) ?? []).map(({ manifest }) => manifest?.brokerVersion),
    ...snapshotsOf(backupId, held).map((one) => one.version),
  ];
  const version = versions.find((one) => one !== undefined);
  return {
    backupId,
    madeBy,
    state,
    usable: false,
    ...(createdAt ? { createdAt } : {}),
    components: {
      complete: seen.filter((one) => one.state === 'COMPLETED').length,
      expected: expected.length,
    },
    ...(version ? { version } : {}),
    ...(problem ? { problem } : {}),
  };
}

const snapshotsOf = (backupId: number, { repository }: Held) => repository?.names.get(backupId) ?? [];

function stateOfSeen(seen: Seen[]): Pick<ListedBackup, 'state' | 'problem'> {
  const told = (...states: Seen['state'][]) =>
    seen
      .filter(({ state }) => states.includes(state))
      .map(({ says }) => says)
      .join('; ');
  const failed = told('FAILED', 'INCOMPATIBLE');
  if (failed) return { state: 'FAILED', problem: sentence(failed) };
  const running = told('IN_PROGRESS');
  if (running) return { state: 'RUNNING', problem: sentence(running) };
  const missing = told('ABSENT', 'INCOMPLETE');
  if (missing) return { state: 'INCOMPLETE', problem: sentence(missing) };
  const unknown = told('UNKNOWN');
  if (unknown) return { state: 'UNKNOWN', problem: sentence(unknown) };
  return { state: 'COMPLETED' };
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

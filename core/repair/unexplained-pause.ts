import { resumeAndProve } from '../backup/exporting.ts';
import { lookAtExporting } from '../checks/exporting.ts';
import { nowIso } from '../clock.ts';
import { configuredExporting } from '../components/zeebe/configured-exporting.ts';
import type { Proof } from '../components/zeebe/exporting.ts';
import { readCluster } from '../components/zeebe/topology.ts';
import type { ClusterConfig } from '../config/schema.ts';
import { management } from '../connect/management.ts';
import type { Context } from '../context.ts';
import { BackupError, describe } from '../errors.ts';
import type { Intervention } from '../ledger/intervention.ts';
import { heldBy } from '../ledger/lock/held-by.ts';
import { lockLost } from '../ledger/lock/lock-lost.ts';
import { describeOwner, isRunAlive } from '../ledger/lock/owner.ts';
import { requireNobodyAtWork } from './nobody-at-work.ts';

type Needs = Pick<
  Context,
  'ledger' | 'clock' | 'http' | 'secrets' | 'search' | 'owner' | 'tell' | 'warn' | 'commands' | 'executions'
>;

/** The requester of the resume. */
export interface Whoever {
  /** The run id of the lock that is held meanwhile, and the name of the record. */
  id: string;
  user?: string | undefined;
}

const patienceSeconds = 10;

/**
 * Checks whether a pause that no run of this ledger explains may be ended. Returns the paused replicas as sentences;
 * undefined if nothing is paused. It changes nothing. Throws:
 * - LedgerEmpty if the ledger has no record of the cluster, because another ledger may explain the pause;
 * - LockHeld while a run holds the lock;
 * - ClusterNotReady while the cluster changes or does not show whether exporting is paused;
 * - ComponentBusy while a backup may be in progress, and the error of a component that cannot be asked.
 */
export async function findUnneededPause(
  cluster: string,
  config: ClusterConfig,
  context: Needs,
): Promise<string[] | undefined> {
  const { ledger } = context;
  await requireSomething(cluster, ledger);
  const lock = await ledger.readLock(cluster);
  if (lock) throw heldBy(lock, await isRunAlive(lock, context), context.commands);
  return requireUnneeded(cluster, config, context);
}

/**
 * Ends such a pause. It takes the cluster's lock and then checks again, so that no run of this ledger begins in between
 * and no running one is disturbed. Undefined if the pause has already ended. Throws the errors of `findUnneededPause`,
 * and ResumeFailed or Unreachable.
 */
export async function endUnneededPause(
  cluster: string,
  config: ClusterConfig,
  { id, user }: Whoever,
  context: Needs,
): Promise<{ resumeProof: Proof; paused: string[]; record: string } | undefined> {
  const { ledger, owner, tell, warn } = context;
  await requireSomething(cluster, ledger);
  const by = owner(id);
  const at = nowIso(context);
  const reason = 'to end a pause that no run explains';
  const { lock, isNew } = await ledger.acquire({
    format: 2,
    cluster,
    runId: id,
    purpose: 'backup',
    owner: by,
    reason,
    acquiredAt: at,
  });
  if (!isNew) throw heldBy(lock, await isRunAlive(lock, context), context.commands);
  try {
    // One heartbeat is enough, because this takes only a moment. It shows others if this process dies.
    await ledger.beat({ format: 1, cluster, runId: id, beatAt: at }, { first: true });
    const paused = await requireUnneeded(cluster, config, context);
    if (!paused) return undefined;
    const intervention: Intervention = {
      format: 1,
      cluster,
      id,
      what: 'RESUMED_UNEXPLAINED_PAUSE',
      at,
      by,
      ...(user ? { user } : {}),
      paused,
    };
    await ledger.writeIntervention(intervention);
    const target = await configuredExporting(config, context);
    const held = await ledger.readLock(cluster);
    // If the lock was lost meanwhile, the pause may belong to another run now.
    if (held?.runId !== id) throw lockLost({ cluster, runId: id }, held);
    const resumeProof = await resumeAndProve(target, context);
    // Exporting is resumed, so from here on an error is only a warning.
    const done = { ...intervention, resumedAt: nowIso(context), resumeProof };
    await harmlessly(ledger.writeIntervention(done), 'The resume could not be recorded', warn);
    const telling = tell({
      kind: 'pauseEnded',
      severity: 'WARNING',
      cluster,
      reason: `${user ? `${user}, ` : ''}${describeOwner(by)}, has ended a pause of exporting that no run of this ledger explains: ${paused.join(', ')}. Exporting is resumed (${resumeProof}).`,
      remedy: 'Find out who had paused it: a backup that another tool was taking then is not consistent.',
    });
    await harmlessly(telling, 'The alert could not be sent', warn);
    return { resumeProof, paused, record: ledger.interventionLocation(intervention) };
  } finally {
    await harmlessly(ledger.release(cluster, id), `The lock of ${cluster} could not be released`, warn);
  }
}

async function requireSomething(cluster: string, { nothingOf }: Needs['ledger']): Promise<void> {
  const empty = await nothingOf(cluster);
  if (empty) throw empty;
}

async function harmlessly(work: Promise<unknown>, what: string, warn: Needs['warn']): Promise<void> {
  try {
    await work;
  } catch (error) {
    warn(`${what}: ${describe(error)}`);
  }
}

async function requireUnneeded(
  cluster: string,
  config: ClusterConfig,
  context: Needs,
): Promise<string[] | undefined> {
  const { http, secrets } = context;
  const look = await lookAtExporting(config, context, patienceSeconds);
  if (look.state === 'EXPORTING') return undefined;
  const [topology] = await Promise.all([
    readCluster(management('Zeebe', config.zeebe, http, secrets)),
    requireNobodyAtWork(cluster, config, context),
  ]);
  if (topology.pendingChange !== undefined) {
    throw new BackupError(
      'ClusterNotReady',
      `Zeebe at ${config.zeebe.url} is changing its cluster: ${topology.pendingChange}. The person or tool that changes it may have paused exporting`,
      { remedy: 'Wait until GET /actuator/cluster shows no pendingChange, and look again.' },
    );
  }
  if (look.state === 'UNKNOWN') {
    throw new BackupError(
      'ClusterNotReady',
      `No paused partition is visible, but not everything is known: ${look.unknown.join(', ')}`,
      { remedy: 'Configure every broker in zeebe.brokers, and check that all of them answer.' },
    );
  }
  return look.paused;
}

import { createHmac } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { type Clock, secondsSince } from '../../clock.ts';
import { ledgerTrouble } from '../../error-names.ts';
import { type BackupError, isBackupError } from '../../errors.ts';
import { type heartbeats, heartbeatTimes } from '../heartbeat.ts';
import type { Lock, Owner } from './lock.ts';

export type Alive = 'alive' | 'gone' | 'unknown';
type ProcessOwner = Extract<Owner, { kind: 'process' }>;

/** The PID namespace, boot and machine of a process. They are read on Linux only; unreadable ones are omitted. */
export interface Place {
  machineId?: string | undefined;
  bootId?: string | undefined;
  pidNamespace?: string | undefined;
}

/** A place and a view of its processes. */
export interface Here extends Place {
  /** Finds the process that has this pid now, and its start. */
  processAt: (pid: number) => { start: string | undefined } | undefined;
  /** The time since the machine was started. */
  uptimeSeconds: number;
}

/** The number of the kernel's initial PID namespace, which is always the same. A container has another one. */
const initialPidNamespace = 'pid:[4026531836]';

/** Describes this process as the owner of a lock. */
export function thisProcess(): ProcessOwner {
  const { machineId, bootId, pidNamespace } = thisPlace();
  const processStart = startOf(process.pid);
  return {
    kind: 'process',
    host: hostname(),
    pid: process.pid,
    ...(processStart ? { processStart } : {}),
    ...(machineId ? { machineId } : {}),
    ...(bootId ? { bootId } : {}),
    ...(pidNamespace ? { pidNamespace } : {}),
  };
}

/** Whether a run is alive. `trouble` is the reason if its heartbeat or Step Functions was needed and did not tell. */
export interface LifeSigns {
  alive: Alive;
  trouble?: BackupError;
}

type AskedOf = Pick<Lock, 'cluster' | 'runId' | 'owner' | 'acquiredAt'>;
interface Books {
  ledger: Pick<ReturnType<typeof heartbeats>, 'secondsWithoutBeat'>;
  clock: Pick<Clock, 'now'>;
  executions?: ExecutionStates | undefined;
}

/** The questions to Step Functions about executions. */
export interface ExecutionStates {
  /** `not-found` for one that Step Functions does not know; `unknown` where nobody can be asked. */
  state(arn: string): Promise<'running' | 'gone' | 'not-found' | 'unknown'>;
}

/**
 * Finds out whether the run that holds a lock is alive, by its process and its heartbeat, or by Step Functions where
 * that can be asked. Every caller uses this function. If the ledger cannot report the age of the heartbeat, such as on a full disk, or
 * Step Functions the state of an execution, a run does not count as gone because of that. But a run whose process is
 * visibly gone can still be repaired, and a person can force the repair of one that nobody can see.
 */
export async function lookForRun(lock: AskedOf, books: Books): Promise<LifeSigns> {
  const { owner } = lock;
  const { ledger, executions } = books;
  if (owner.kind === 'execution') {
    if (!executions) return { alive: 'unknown' };
    try {
      return { alive: lifeOfExecution(await executions.state(owner.arn), lock, books) };
    } catch (error) {
      if (!isBackupError(error)) throw error;
      return { alive: 'unknown', trouble: error };
    }
  }
  const here = thisMachine();
  if (lookFor(owner, here) === 'gone') return { alive: 'gone' };
  try {
    return { alive: judgeRun(owner, await ledger.secondsWithoutBeat(lock), here) };
  } catch (error) {
    if (!isBackupError(error, ...ledgerTrouble)) throw error;
    return { alive: judgeRun(owner, 'not known', here), trouble: error };
  }
}

export async function isRunAlive(lock: AskedOf, books: Books): Promise<Alive> {
  return (await lookForRun(lock, books)).alive;
}

/** Judges a run. `secondsWithoutBeat` is undefined if the run never had a heartbeat; then only its process counts. */
export function judgeRun(
  owner: Owner,
  secondsWithoutBeat: number | undefined | 'not known',
  here: Here = thisMachine(),
): Alive {
  const seen = lookFor(owner, here);
  if (seen === 'gone') return 'gone';
  // A restarted machine may share its id with another one. Only the age of a heartbeat distinguishes them.
  if (secondsWithoutBeat === 'not known') return seen === 'restarted' ? 'unknown' : seen;
  if (secondsWithoutBeat === undefined) return seen === 'restarted' ? 'gone' : seen;
  // This holds even if the process exists: it was suspended, and will send no more calls when it continues.
  if (secondsWithoutBeat > heartbeatTimes.goneAfter) return 'gone';
  // A young heartbeat means a living run, even if this machine was just started: it may be a clone of the other one.
  if (seen === 'alive' || secondsWithoutBeat <= heartbeatTimes.aliveWithin) return 'alive';
  // A heartbeat that is younger than this machine's start comes from another machine with the same id.
  return seen === 'restarted' && secondsWithoutBeat > here.uptimeSeconds ? 'gone' : 'unknown';
}

/** Judges an owner without a heartbeat by its process alone. */
export function isOwnerAlive(owner: Owner, here?: Here): Alive {
  return judgeRun(owner, undefined, here);
}

/**
 * Looks for the process of an owner. The result is `unknown` and never `gone` if it cannot be seen from here. Host names
 * prove nothing, because several containers may have the same one.
 */
function lookFor(owner: Owner, here: Here): Alive | 'restarted' {
  if (owner.kind !== 'process' || !owner.machineId || !owner.bootId || !owner.pidNamespace) return 'unknown';
  if (owner.machineId !== here.machineId || !here.bootId) return 'unknown';
  if (owner.bootId !== here.bootId) {
    // All containers of an image share its machine id, wherever they run.
    const areOnTheMachine = [owner, here].every((one) => one.pidNamespace === initialPidNamespace);
    return areOnTheMachine ? 'restarted' : 'unknown';
  }
  if (owner.pidNamespace !== here.pidNamespace) return 'unknown';
  const now = here.processAt(owner.pid);
  if (!now) return 'gone';
  const isAnother =
    now.start !== undefined && owner.processStart !== undefined && now.start !== owner.processStart;
  return isAnother ? 'gone' : 'alive';
}

/** Step Functions knows every execution after this time at the latest: DescribeExecution is eventually consistent. */
const knownAfterSeconds = 60;

/**
 * Judges an execution by what Step Functions says. It does not find executions that ended more than 90 days ago, nor for
 * a moment one that has just begun, which holds a lock that it took just now:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
export function lifeOfExecution(
  state: Awaited<ReturnType<ExecutionStates['state']>>,
  { acquiredAt }: Pick<Lock, 'acquiredAt'>,
  { clock }: { clock: Pick<Clock, 'now'> },
): Alive {
  if (state === 'running') return 'alive';
  if (state !== 'not-found') return state;
  // The clock of the function that took the lock may be a little ahead of this one.
  return Math.abs(secondsSince(acquiredAt, { clock })) < knownAfterSeconds ? 'alive' : 'gone';
}

export function describeOwner(owner: Owner): string {
  return owner.kind === 'process' ? `process ${owner.pid} on ${owner.host}` : owner.arn;
}

type Run = Pick<Lock, 'runId' | 'owner'>;

/** Names a run and its owner. The id of a run in an execution is the ARN of that, which is enough once. */
export function runAndOwner({ runId, owner }: Run): string {
  const described = describeOwner(owner);
  return described === runId ? runId : `${runId}, ${described}`;
}

/** The same for a sentence whose subject is the run. */
export function describeRun({ runId, owner }: Run): string {
  const described = describeOwner(owner);
  return described === runId ? `run ${runId}` : `run ${runId} (${described})`;
}

function thisMachine(): Here {
  return {
    ...thisPlace(),
    uptimeSeconds: uptime(),
    processAt: (pid) => (exists(pid) && !isZombie(pid) ? { start: startOf(pid) } : undefined),
  };
}

function thisPlace(): Place {
  const machineId = textOf('/etc/machine-id');
  return {
    // A machine id is confidential (man machine-id), so the ledger stores only a hash of it.
    machineId:
      machineId && createHmac('sha256', machineId).update('camunda-backup').digest('hex').slice(0, 32),
    bootId: textOf('/proc/sys/kernel/random/boot_id'),
    pidNamespace: pidNamespace(),
  };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM means that the process exists and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** True for a zombie, which has exited but was never reaped. It stays so in a container whose pid 1 does not reap. */
function isZombie(pid: number): boolean {
  return statOf(pid)?.[0] === 'Z';
}

/** Reads the start of a process, in ticks since this boot. Unlike a pid, it is never reused. It works on Linux only. */
function startOf(pid: number): string | undefined {
  const boot = textOf('/proc/sys/kernel/random/boot_id');
  const ticks = statOf(pid)?.[19];
  return boot && ticks && `${boot}/${ticks}`;
}

/** Reads the fields of /proc/PID/stat from the state on. */
function statOf(pid: number): string[] | undefined {
  // The command name in parentheses may contain spaces, so the fields are counted after it.
  const stat = textOf(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

import { createHmac } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { ledgerTrouble } from '../../error-names.ts';
import { type BackupError, isBackupError } from '../../errors.ts';
import { type heartbeats, heartbeatTimes } from '../heartbeat.ts';
import type { Lock, Owner } from './lock.ts';

export type Alive = 'alive' | 'gone' | 'unknown';
type ProcessOwner = Extract<Owner, { kind: 'process' }>;

/** Which PID namespace, of which boot, of which machine. Read on Linux only; what cannot be read is not there. */
export interface Place {
  machineId?: string | undefined;
  bootId?: string | undefined;
  pidNamespace?: string | undefined;
}

/** A place, and what can be seen of its processes. */
export interface Here extends Place {
  /** The process that has this pid now, and when it began. */
  processAt: (pid: number) => { start: string | undefined } | undefined;
  /** For how long the machine has been up. */
  uptimeSeconds: number;
}

/** The kernel gives the PID namespace that it makes at its start this number always; a container has another. */
const initialPidNamespace = 'pid:[4026531836]';

/** This process, as the owner of a lock. */
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

/** Whether a run lives; `trouble` is why the age of its heartbeat is not known, where that matters. */
export interface LifeSigns {
  alive: Alive;
  trouble?: BackupError;
}

type AskedOf = Pick<Lock, 'cluster' | 'runId' | 'owner'>;
type Books = { ledger: Pick<ReturnType<typeof heartbeats>, 'secondsWithoutBeat'> };

/**
 * Whether the run that holds a lock still lives, by its process and by its heartbeat. Everybody who asks asks here. A
 * ledger that cannot say how old the heartbeat is, such as one on a full disk, makes nobody gone, and keeps nobody from
 * putting right what a process left that is seen to be gone.
 */
export async function lookForRun(lock: AskedOf, { ledger }: Books): Promise<LifeSigns> {
  const { owner } = lock;
  if (owner.kind !== 'process') return { alive: 'unknown' };
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

/** `secondsWithoutBeat` is undefined where the run never had a heartbeat: then its process alone tells. */
export function judgeRun(
  owner: Owner,
  secondsWithoutBeat: number | undefined | 'not known',
  here: Here = thisMachine(),
): Alive {
  const seen = lookFor(owner, here);
  if (seen === 'gone') return 'gone';
  // A machine that was restarted may have the id of another one: only the age of a heartbeat tells them apart.
  if (secondsWithoutBeat === 'not known') return seen === 'restarted' ? 'unknown' : seen;
  if (secondsWithoutBeat === undefined) return seen === 'restarted' ? 'gone' : seen;
  // Also where the process is there: it stands still, and sends nothing more when it goes on.
  if (secondsWithoutBeat > heartbeatTimes.goneAfter) return 'gone';
  // A young one is of a run that lives, also where this machine has just come up: as a clone of that one's.
  if (seen === 'alive' || secondsWithoutBeat <= heartbeatTimes.aliveWithin) return 'alive';
  // One since this machine is up is that of another machine with the same id.
  return seen === 'restarted' && secondsWithoutBeat > here.uptimeSeconds ? 'gone' : 'unknown';
}

/** Whether the process of an owner is there: all that is known of whoever has no heartbeat. */
export function isOwnerAlive(owner: Owner, here?: Here): Alive {
  return judgeRun(owner, undefined, here);
}

/**
 * Looks for the process of an owner. What cannot be known from here is `unknown`, never `gone`. Host names prove
 * nothing: several containers may have the same one.
 */
function lookFor(owner: Owner, here: Here): Alive | 'restarted' {
  if (owner.kind !== 'process' || !owner.machineId || !owner.bootId || !owner.pidNamespace) return 'unknown';
  if (owner.machineId !== here.machineId || !here.bootId) return 'unknown';
  if (owner.bootId !== here.bootId) {
    // The containers of one image have its machine id, wherever they run.
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

export function describeOwner(owner: Owner): string {
  return owner.kind === 'process' ? `process ${owner.pid} on ${owner.host}` : owner.arn;
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
    // A machine's id is confidential (man machine-id): the ledger has only what is derived from it.
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
    // EPERM: it is there, and somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** It has ended, and nobody has asked how: in a container whose first process does not, it stays so. Linux only. */
function isZombie(pid: number): boolean {
  return statOf(pid)?.[0] === 'Z';
}

/** When a process began, in ticks since this boot: a pid is given again, this is not. Linux only. */
function startOf(pid: number): string | undefined {
  const boot = textOf('/proc/sys/kernel/random/boot_id');
  const ticks = statOf(pid)?.[19];
  return boot && ticks && `${boot}/${ticks}`;
}

/** The fields of /proc/PID/stat from the state on. */
function statOf(pid: number): string[] | undefined {
  // The command name, in parentheses, may hold spaces: the fields are counted after it.
  const stat = textOf(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Owner } from './lock.ts';

/** This process, as the owner of a lock. */
export function thisProcess(): Owner {
  const processStart = startOf(process.pid);
  return { kind: 'process', host: hostname(), pid: process.pid, ...(processStart ? { processStart } : {}) };
}

/** Whether an owner still runs. What cannot be known from here is `unknown`, never `gone`. */
export function isOwnerAlive(owner: Owner): 'alive' | 'gone' | 'unknown' {
  if (owner.kind !== 'process' || owner.host !== hostname()) return 'unknown';
  if (!exists(owner.pid) || isZombie(owner.pid)) return 'gone';
  const start = startOf(owner.pid);
  return start !== undefined && owner.processStart !== undefined && start !== owner.processStart
    ? 'gone'
    : 'alive';
}

export function describeOwner(owner: Owner): string {
  return owner.kind === 'process' ? `process ${owner.pid} on ${owner.host}` : owner.arn;
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
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const ticks = statOf(pid)?.[19];
    return ticks && `${boot}/${ticks}`;
  } catch {
    return undefined;
  }
}

/** The fields of /proc/PID/stat from the state on. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name, in parentheses, may hold spaces: the fields are counted after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Guard } from './guard.ts';

export interface Launch {
  program: string;
  args: string[];
  env?: Record<string, string>;
}

const gracefulMs = 60_000;

/** One server: its process, which may end and be started again with the same arguments. */
export class ServerProcess {
  readonly name: string;
  readonly logFile: string;
  private readonly folder: string;
  private readonly guard: Guard;
  private child: ChildProcess | undefined;

  constructor(name: string, folder: string, logFile: string, guard: Guard) {
    this.name = name;
    this.folder = folder;
    this.logFile = logFile;
    this.guard = guard;
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts a process group of its own, so that Ctrl-C in the terminal does not reach it. */
  spawn({ program, args, env = {} }: Launch): void {
    if (this.isRunning) throw new Error(`${this.name} is running already`);
    const log = openSync(this.logFile, 'a');
    const child = spawn(program, args, {
      cwd: this.folder,
      detached: true,
      env: { ...inherited(), ...env, CAMUNDA_BACKUP_SERVERS: this.folder },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.on('error', (error) => console.error(`${this.name} was not started: ${error.message}`));
    const { pid } = child;
    if (pid === undefined) throw new Error(`${this.name} was not started: ${program} cannot be run`);
    this.guard.started(pid);
    child.on('exit', () => this.guard.gone(pid));
    // a test that forgets to close the cluster must end nevertheless; the guard takes care of the process
    child.unref();
    this.child = child;
  }

  /** Signals the process; does not wait. */
  signal(signal: NodeJS.Signals): void {
    const pid = this.child?.pid;
    if (pid === undefined || !this.isRunning) throw new Error(`${this.name} is not running`);
    process.kill(-pid, signal);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.signal(signal);
    await this.gone(Number.POSITIVE_INFINITY);
  }

  /** SIGTERM, and SIGKILL when that did not help for a minute. A suspended server is woken first. */
  async stop(): Promise<void> {
    this.signal('SIGTERM');
    this.signal('SIGCONT');
    if (await this.gone(gracefulMs)) return;
    console.error(`${this.name} did not end within ${gracefulMs / 1000} s of SIGTERM: killed`);
    await this.kill();
  }

  /** Whether the process ended by itself or by SIGTERM, that is: did what it does at its end. */
  get endedOrderly(): boolean {
    return this.child !== undefined && this.child.exitCode !== null;
  }

  /** Resolves when `probe` says yes; rejects with the end of the log when the process ends before, or time does. */
  async ready(probe: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await probe().catch(() => false))) {
      if (!this.isRunning) throw new Error(`${this.name} ended while it started:\n${this.endOfLog()}`);
      if (Date.now() > deadline) {
        throw new Error(`${this.name} was not ready after ${timeoutMs / 1000} s:\n${this.endOfLog()}`);
      }
      await sleep(100);
    }
  }

  private async gone(timeoutMs: number): Promise<boolean> {
    const deadline = Date.now() + timeoutMs;
    while (this.isRunning) {
      if (Date.now() > deadline) return false;
      await sleep(20);
    }
    return true;
  }

  private endOfLog(): string {
    if (!existsSync(this.logFile)) return '(no log)';
    const lines = readFileSync(this.logFile, 'utf8').trimEnd().split('\n');
    const withoutStacks = lines.filter((line) => !/^\s+(at |\.\.\. \d+ more)/.test(line));
    return withoutStacks
      .slice(-15)
      .map((line) => line.slice(0, 400))
      .join('\n');
  }
}

/** Only what every program needs: a ZEEBE_..., SPRING_... or AWS_... variable of the caller must not configure a server. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

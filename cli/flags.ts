import { InvalidArgumentError } from 'commander';

/** What the commands of subcommands.ts are called with. */
export interface DemoFlags {
  camunda: '8.5' | '8.6' | '8.7' | '8.8' | '8.9';
  json: boolean;
}

export interface RunFlags {
  cluster?: string;
  config: string;
  stack?: string;
  id?: number;
  reason: string;
  json: boolean;
}

export interface WatchFlags {
  stack: string;
  execution?: string;
  json: boolean;
}

export interface StatusFlags {
  cluster?: string;
  config: string;
  stack?: string;
  offline: boolean;
  json: boolean;
}

export interface WatchdogFlags {
  cluster?: string;
  config: string;
  json: boolean;
}

export interface RepairFlags {
  cluster?: string;
  config: string;
  force: boolean;
  dryRun: boolean;
  deleteLeftovers: boolean;
  yes: boolean;
  resumeUnexplained: boolean;
  offline: boolean;
  json: boolean;
}

export function backupId(text: string): number {
  const id = Number(text);
  if (/^\d+$/.test(text) && id > 0 && id < Number.MAX_SAFE_INTEGER) return id;
  throw new InvalidArgumentError(
    `It must be a whole number above 0 and below ${Number.MAX_SAFE_INTEGER}, such as 1795249014: the next backup needs a higher one.`,
  );
}

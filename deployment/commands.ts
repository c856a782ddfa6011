import type { Commands, RepairOptions } from '../core/commands.ts';
import { quoted } from '../core/shell.ts';

/** This variable names another configuration file for the command line and `cdk`. A flag overrides it. */
export const configVariable = 'CAMUNDA_BACKUP_CONFIG';

/** These remedies say how to name another file or a cluster in the next command. */
export const namingFile = `name another file: -f FILE (cdk: -c config=FILE), or ${configVariable} in the environment`;
export const namingCluster = 'Name one with --cluster.';

/** The place where people type the commands. */
export interface Surroundings {
  /** The shell words that start the program, such as `npx camunda-backup`. */
  program: string;
  /** The configuration file; undefined if the command finds it without a flag. */
  file?: string | undefined;
  /** The clusters of that file, if they are known. The only cluster of a file need not be named. */
  clusters?: string[] | undefined;
}

/**
 * Makes every command that is printed, recorded or sent. The reader can paste it, because it contains the program as it
 * was started, the configuration file and the cluster.
 */
export function commands({ program, file, clusters = [] }: Surroundings): Commands {
  const line = (command: string, cluster: string | undefined, options: string[]) =>
    lineOf(program, command, [
      ...(clusters.length === 1 && clusters[0] === cluster ? [] : named('--cluster', cluster)),
      ...named('-f', file),
      ...options,
    ]);
  return {
    run: (cluster, { id } = {}) => line('run', cluster, named('--id', id)),
    status: (cluster) => line('status', cluster, []),
    list: (cluster) => line('list', cluster, []),
    show: (cluster, id) => line('show', cluster, [String(id)]),
    verify: (cluster, id, { readData } = {}) =>
      line('verify', cluster, [String(id), ...(readData ? ['--read-data'] : [])]),
    check: (cluster) => line('check', cluster, []),
    repair: (cluster, options) => line('repair', cluster, flagsOf(options)),
  };
}

/** The place where people type commands for a deployed stack. */
export interface StackSurroundings extends Pick<Surroundings, 'program'> {
  stack: string;
}

/** Makes the commands for a deployed stack, which is asked where the configuration need not be. */
export function stackCommands({ program, stack }: StackSurroundings): StackCommands {
  const line = (command: string, options: string[]) =>
    lineOf(program, command, [...named('--stack', stack), ...options]);
  return {
    run: (cluster, { id } = {}) => line('run', [...named('--cluster', cluster), ...named('--id', id)]),
    status: (cluster) => line('status', named('--cluster', cluster)),
    repair: (cluster, options) => line('repair', [...named('--cluster', cluster), ...flagsOf(options)]),
    watch: (execution) => line('watch', named('--execution', execution)),
    list: (cluster) => line('list', named('--cluster', cluster)),
    show: (cluster, id) => line('show', [...named('--cluster', cluster), String(id)]),
    verify: (cluster, id, { readData } = {}) =>
      line('verify', [...named('--cluster', cluster), String(id), ...(readData ? ['--read-data'] : [])]),
    check: (cluster) => line('check', named('--cluster', cluster)),
    alertTest: () => line('alert-test', []),
  };
}

export interface StackCommands extends Commands {
  /** `execution` is the name or the ARN of the execution. */
  watch(execution: string): string;
  /** Sends a test alert. */
  alertTest(): string;
}

/** Joins a command. `program` is already quoted for a shell. */
function lineOf(program: string, command: string, words: string[]): string {
  return [program, command, ...words.map(quoted)].join(' ');
}

function named(flag: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [flag, String(value)];
}

function flagsOf({ force, dryRun, deleteLeftovers, resumeUnexplained }: RepairOptions = {}): string[] {
  return [
    ...(force ? ['--force'] : []),
    ...(dryRun ? ['--dry-run'] : []),
    ...(deleteLeftovers ? ['--delete-leftovers'] : []),
    ...(resumeUnexplained ? ['--resume-unexplained'] : []),
  ];
}

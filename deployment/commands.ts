import type { Commands, RepairOptions } from '../core/commands.ts';
import { quoted } from '../core/shell.ts';

/** Names another configuration file, for the command line as for `cdk`; a flag comes first. */
export const configVariable = 'CAMUNDA_BACKUP_CONFIG';

/** How another file, or a cluster, is named where a command has to be typed anew. */
export const namingFile = `name another file: -f FILE (cdk: -c config=FILE), or ${configVariable} in the environment`;
export const namingCluster = 'Name one with --cluster.';

/** Where the commands are typed, and what has to be said there. */
export interface Surroundings {
  /** How the program is started there, in a shell's words, such as `npx camunda-backup`. */
  program: string;
  /** The configuration file; undefined where it is found without being named. */
  file?: string | undefined;
  /** The clusters of that file, where they are known: the only one need not be named. */
  clusters?: string[] | undefined;
}

/**
 * Every command that is printed, written down or sent is made here, and only here, so that it can be pasted where it is
 * read: with the program as it was started, with its configuration file and with its cluster.
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
    repair: (cluster, options) => line('repair', cluster, flagsOf(options)),
  };
}

/** A deployed stack, and where its ledger is, as far as that is known. */
export interface StackSurroundings extends Surroundings {
  stack: string;
  ledger?: { bucket: string; prefix?: string | undefined };
}

/** The same of a deployed stack. A repair is done by its watchdog; by hand it needs a machine with the configuration. */
export function stackCommands(there: StackSurroundings): StackCommands {
  const { program, stack } = there;
  const line = (command: string, options: string[]) =>
    lineOf(program, command, [...named('--stack', stack), ...options]);
  const byHand = commands(there);
  return {
    run: (cluster, { id } = {}) => line('run', [...named('--cluster', cluster), ...named('--id', id)]),
    status: (cluster) => line('status', named('--cluster', cluster)),
    repair: (cluster, options) =>
      `${byHand.repair(cluster, options)} (from a machine that reaches the cluster${withLedger(there)})`,
    watch: (execution) => line('watch', named('--execution', execution)),
  };
}

export interface StackCommands extends Commands {
  /** `execution`: its name or its ARN. */
  watch(execution: string): string;
}

function withLedger({ ledger }: StackSurroundings): string {
  if (!ledger) return '';
  const prefix = ledger.prefix ? `, prefix: ${ledger.prefix}` : '';
  return `, with \`ledger: { s3: { bucket: ${ledger.bucket}${prefix} } }\` in the configuration`;
}

/** `program` is in a shell's words already. */
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

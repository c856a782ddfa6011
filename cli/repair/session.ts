import type { Commands } from '../../core/commands.ts';
import type { ClusterConfig, Config } from '../../core/config/schema.ts';
import type { Context } from '../../core/context.ts';
import type { BackupError } from '../../core/errors.ts';
import type { Host } from '../host.ts';
import type { Interruption } from '../local/interruption.ts';
import type { Ask } from '../screen/confirm.ts';

export interface RepairOptions {
  host: Host;
  config: Config;
  cluster: { name: string; cluster: ClusterConfig };
  commands: Commands;
  force: boolean;
  dryRun: boolean;
  deleteLeftovers: boolean;
  /** The user has agreed by a flag to delete leftovers, and is not asked again. */
  yes: boolean;
  json: boolean;
  /**
   * Ends a pause that no run explains, after the user has typed the name of the cluster. `yes` does not replace that.
   */
  resumeUnexplained: boolean;
  /** True if the cluster must not be asked whether exporting is paused. */
  offline: boolean;
  /** Undefined if there is no terminal. */
  ask?: Ask;
}

/** The values that the steps of a repair share. */
export interface Session {
  options: RepairOptions;
  context: Context;
  /** The context for questions to the components. A signal cancels its open calls. */
  asking: Context;
  giveUp: AbortSignal;
  interruption: Interruption;
  say: (text: string) => void;
  /** Prints a problem at once, and keeps it for the object of `--json`. */
  problem: (error: BackupError) => void;
  problems: BackupError[];
}

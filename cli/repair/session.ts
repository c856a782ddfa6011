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
  /** Asked for with the flag: nobody is asked again. */
  yes: boolean;
  json: boolean;
  /** End a pause that no run explains, when the name of the cluster is typed; `yes` does not stand for it. */
  resumeUnexplained: boolean;
  /** The cluster is not asked whether exporting is paused. */
  offline: boolean;
  /** Undefined where there is no terminal to ask on. */
  ask?: Ask;
}

/** What the steps of a repair share. */
export interface Session {
  options: RepairOptions;
  context: Context;
  /** Of the components: what is still being asked is given up at a signal. */
  asking: Context;
  giveUp: AbortSignal;
  interruption: Interruption;
  say: (text: string) => void;
  /** What is wrong is said at once, and again in the object of `--json`. */
  problem: (error: BackupError) => void;
  problems: BackupError[];
}

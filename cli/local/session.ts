import type { Commands } from '../../core/commands.ts';
import type { ClusterConfig, Config } from '../../core/config/schema.ts';
import type { Context } from '../../core/context.ts';
import type { Lock } from '../../core/ledger/lock/lock.ts';
import type { Host } from '../host.ts';
import type { Observation } from '../screen/observation.ts';
import type { Display } from '../screen/plain-display.ts';
import type { RunView } from '../screen/view.ts';
import type { RunHeartbeat } from './heartbeat.ts';

export interface RunOptions {
  host: Host;
  config: Config;
  cluster: { name: string; cluster: ClusterConfig };
  commands: Commands;
  backupId?: number;
  reason: string;
  json: boolean;
}

/** What the parts of a run share. */
export interface Session {
  options: RunOptions;
  context: Context;
  runId: string;
  request: { cluster: string; reason: string; backupId?: number };
  /** The lock of this run, as it was written last. */
  lock: () => Lock | undefined;
  /** The run as it was seen until now. */
  view: () => RunView;
  /** Changes it by something that no state tells. */
  change: (change: (view: RunView) => RunView) => void;
  display: Display;
  observe: (seen: Observation) => void;
  heartbeat: RunHeartbeat;
  /** Lets the display say whom a context waits for. */
  watch: (context: Context) => Context;
  /** What is shown and measured goes by it. */
  now: () => number;
  /** Gives up waiting for answers. */
  giveUpWaiting: () => void;
  /** The lock of an earlier run that is being repaired. */
  repairing?: Lock | undefined;
}

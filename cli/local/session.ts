import type { Commands } from '../../core/commands.ts';
import type { ClusterConfig, Config } from '../../core/config/schema.ts';
import type { Context } from '../../core/context.ts';
import type { Lock } from '../../core/ledger/lock/lock.ts';
import type { Host } from '../host.ts';
import type { Observation } from '../screen/observation.ts';
import type { Display } from '../screen/plain-display.ts';
import type { ShownProcedure } from '../screen/shown-procedure.ts';
import type { RunView } from '../screen/view.ts';
import type { RunHeartbeat } from './heartbeat.ts';

export interface RunOptions {
  shown: ShownProcedure;
  host: Host;
  config: Config;
  cluster: { name: string; cluster: ClusterConfig };
  commands: Commands;
  backupId?: number;
  reason: string;
  json: boolean;
}

/** The values that the parts of a run share. */
export interface Session {
  options: RunOptions;
  context: Context;
  runId: string;
  request: { cluster: string; reason: string; backupId?: number };
  /** The lock of this run as it was written last. */
  lock: () => Lock | undefined;
  /** The view of the run up to now. */
  view: () => RunView;
  /** Changes the view by a fact that no state shows. */
  change: (change: (view: RunView) => RunView) => void;
  display: Display;
  observe: (seen: Observation) => void;
  heartbeat: RunHeartbeat;
  /** Lets the display show the calls that a context waits for. */
  watch: (context: Context) => Context;
  /** The clock for everything that is shown and measured. */
  now: () => number;
  /** Cancels every wait for an answer, except to a pause or a resume. */
  giveUpWaiting: () => void;
  /** The lock of an earlier run that is being repaired. */
  repairing?: Lock | undefined;
}

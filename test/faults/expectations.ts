import type { Ended } from './run.ts';
import type { World } from './world.ts';

/** What the fault of a case allows, and what it leaves for the next backup. */
export interface Expectations {
  /** The fault is one of the ledger, which then can neither tell nor be told. */
  ledgerFails?: boolean;
  /** The failure of this run is counted exactly once. */
  countsOnce?: boolean;
  /** A component is busy for good, so that the next backup cannot be good either. */
  busyAfter?: boolean;
  /** How this run has to end. */
  status?: Ended['status'];
  /** A fault that nothing can be done about: no next backup is made. */
  noNext?: boolean;
  /** Puts the cluster right, beside taking back the faults. */
  heal?: () => void | Promise<void>;
  /** Who looks after the run first; the watchdog's own death is tried with it. */
  firstWatch?: (world: World) => Promise<void>;
}

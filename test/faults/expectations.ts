import type { Ended } from './run.ts';
import type { World } from './world.ts';

/** The effects that the fault of a case may have on this run and on the next backup. */
export interface Expectations {
  /** The ledger fails, so that it can neither be read nor be written. */
  ledgerFails?: boolean;
  /** The failure of this run must be counted exactly once. */
  countsOnce?: boolean;
  /** A component stays busy, so that the next backup cannot succeed either. */
  busyAfter?: boolean;
  /** The status with which this run must end. */
  status?: Ended['status'];
  /** The fault cannot be repaired, so no next backup is made. */
  noNext?: boolean;
  /** Repairs the cluster after the faults were taken back. */
  heal?: () => void | Promise<void>;
  /** The first look of the watchdog after the run. Cases replace it by a watchdog that dies. */
  firstWatch?: (world: World) => Promise<void>;
}

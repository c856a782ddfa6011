import * as checkCluster from './check-cluster.ts';
import * as deleteLeftovers from './delete-leftovers.ts';
import * as lookAtBackups from './look-at-backups.ts';
import * as repairCluster from './repair-cluster.ts';

/** The functions that people call through the command line. No state machine calls them. */
export const functions = {
  CheckCluster: checkCluster,
  LookAtBackups: lookAtBackups,
  RepairCluster: repairCluster,
  DeleteLeftovers: deleteLeftovers,
};

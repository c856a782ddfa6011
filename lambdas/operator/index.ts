import * as checkCluster from './check-cluster.ts';

/** The functions that people call through the command line. No state machine calls them. */
export const functions = { CheckCluster: checkCluster };

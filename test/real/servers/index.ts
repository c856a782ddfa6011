export { type Availability, realServersAvailable } from './availability.ts';
export type { RealCluster } from './cluster.ts';
export type { ServerName } from './server-group.ts';
export { startRealCluster } from './start.ts';

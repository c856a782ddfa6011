export { type Availability, realServersAvailable, searchEngineAvailable } from './availability.ts';
export type { RealCluster } from './cluster.ts';
export type { ServerName } from './members.ts';
export type { RealSearchEngine } from './search-engine.ts';
export { startRealCluster, startRealSearchEngine } from './start.ts';

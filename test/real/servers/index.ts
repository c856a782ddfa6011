export { realServersAvailable, searchEngineAvailable } from './availability.ts';
export type { RealCluster } from './cluster.ts';
export type { RealSearchEngine } from './search-engine.ts';
export { startRealCluster, startRealSearchEngine } from './start.ts';

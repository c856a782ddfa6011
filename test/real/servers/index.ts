export { realServersAvailable, searchEngineAvailable } from './availability.ts';
export type { RealCluster } from './cluster.ts';
export type { SnapshotsIn } from './repository.ts';
export type { RealSearchEngine } from './search-engine.ts';
export { startRealCluster, startRealSearchEngine, startTwoSearchNodes } from './start.ts';
export { type RealStore, realStoreAvailable, startRealStore } from './store.ts';
export type { SearchVersion } from './versions.ts';

export {
  realServersAvailable,
  searchEngineAvailable,
  simulatedClustersAvailable,
} from './availability.ts';
export type { CamundaCluster } from './camunda-cluster.ts';
export type { RealCluster } from './cluster.ts';
export type { RealSearchEngine } from './search-engine.ts';
export type { SearchNode } from './search-node.ts';
export type { SimulatedCluster } from './simulated.ts';
export { startSimulated87, startSimulated88 } from './simulated-clusters.ts';
export { startRealCluster, startRealSearchEngine } from './start.ts';
export { type RealStore, realStoreAvailable, startRealStore } from './store.ts';
export type { SearchVersion } from './versions.ts';

/**
 * A simulated Zeebe broker with all partitions of a cluster, on a real data directory and a real backup store. Each
 * partition is one append-only log with positions. It serves no HTTP, and knows nothing of the order of a backup.
 */
export { type Broker, type BrokerOptions, openBroker } from './broker.ts';
export { restoreBroker } from './restoring.ts';

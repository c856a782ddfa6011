import { at } from '../core/fake-cluster.ts';

/** What the states of a component's backup get. */
export const limits = { patienceSeconds: 300, timeoutSeconds: 3600, maxPauseSeconds: 3600 };
export const zeebe = {
  kind: 'zeebe',
  component: 'zeebe',
  url: at.zeebe,
  path: 'backupRuntime',
  partitions: 3,
};
export const records = {
  kind: 'records',
  component: 'records',
  engine: 'elasticsearch',
  url: 'http://es:9200',
  repository: 'camunda',
  indexPattern: 'zeebe-record*',
};

import { Brokers } from './camunda/brokers.ts';
import { PlannedExporting } from './camunda/exporting.ts';
import { type PartPlan, PlannedPartBackups } from './camunda/part-backups.ts';
import { operateParts, optimizeParts, tasklistParts, webApplicationsParts } from './camunda/part-indices.ts';
import { GRACE_MS } from './camunda/part-state.ts';
import { Topology } from './camunda/topology.ts';
import { PlannedZeebeBackups } from './camunda/zeebe-backups.ts';
import type { DurationName, Settings } from './options.ts';
import { SnapshotStore } from './search/snapshots.ts';

/** The parts of the cluster, without their HTTP endpoints. */
export interface Cluster {
  settings: Settings;
  brokers: Brokers;
  exporting: PlannedExporting;
  topology: Topology;
  /** The snapshots and indices of the search engine. */
  store: SnapshotStore;
  zeebeBackups: PlannedZeebeBackups;
  partBackups: Record<'operate' | 'tasklist' | 'webApplications' | 'optimize', PlannedPartBackups>;
}

export function makeCluster(settings: Settings): Cluster {
  const { clock, repository } = settings;
  const brokers = new Brokers(clock, settings.brokers);
  const exporting = new PlannedExporting(
    clock,
    settings.brokers,
    settings.partitions,
    settings.camunda === '8.5' ? '' : '-0',
  );
  const store = new SnapshotStore(
    clock,
    [...settings.recordsIndices, ...applicationIndices(settings)],
    settings.search === 'opensearch',
  );
  store.register(repository, { type: 's3', settings: { bucket: 'camunda-snapshots' } });
  const parts = (component: DurationName, name: PartPlan['name'], indices: string[][], graceMs: number) =>
    new PlannedPartBackups(settings, store, {
      name,
      parts: indices,
      durationMs: settings.durationsMs[component],
      graceMs,
      concurrent: component === 'optimize' && settings.search === 'opensearch',
    });
  return {
    settings,
    brokers,
    exporting,
    topology: new Topology(settings, brokers, exporting),
    store,
    zeebeBackups: new PlannedZeebeBackups(settings, (partition) => exporting.processed(partition)),
    partBackups: {
      operate: parts('operate', 'operate', operateParts, 0),
      tasklist: parts('tasklist', 'tasklist', tasklistParts, 0),
      webApplications: parts('webApplications', 'webapps', webApplicationsParts, GRACE_MS),
      optimize: parts('optimize', 'optimize', optimizeParts, 0),
    },
  };
}

/** The indices of the web applications, which the search engine has in addition to the records. */
function applicationIndices(settings: Settings): string[] {
  const indices = [
    ...(settings.operate ? operateParts.flat() : []),
    ...(settings.tasklist ? tasklistParts.flat() : []),
    ...(settings.webApplications ? webApplicationsParts.flat() : []),
    ...(settings.optimize ? optimizeParts.flat() : []),
  ];
  return [...new Set(indices)];
}

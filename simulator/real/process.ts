import { join } from 'node:path';
import { type Listen, serveApplication, serveZeebe } from '../addresses.ts';
import {
  type Application,
  type ApplicationName,
  camundaExporter,
  recordExporter,
  startApplication,
} from '../applications/index.ts';
import { layouts } from '../applications/layout.ts';
import { Brokers } from '../camunda/brokers.ts';
import { Topology } from '../camunda/topology.ts';
import type { SearchEngine, Settings } from '../options.ts';
import { openBroker } from '../zeebe/index.ts';
import type { RealPartsOptions } from './options.ts';
import type { ProcessName } from './processes.ts';

/** Where the processes of a cluster run, and with what. */
export interface Place {
  options: Required<RealPartsOptions>;
  settings: Settings;
  search: SearchEngine;
  listen: Listen;
}

export interface RealPartsUrls {
  /** The management address of the gateway and broker, or of the orchestration cluster (8.8 and later). */
  zeebe?: string;
  /** The application's port of Zeebe. */
  rest?: string;
  operate?: string;
  tasklist?: string;
  /** From 8.8 on the same as `zeebe`. */
  webApplications?: string;
  optimize?: string;
}

export interface RunningProcess {
  urls: RealPartsUrls;
  close(): Promise<void>;
}

/** How many objects a partition's backup has, about: the snapshot, the log and the manifest. */
const OBJECTS_OF_BACKUP = 6;
/** The exporters of a real broker collect records for a second, and its importers wait for longer if there are none. */
const EXPORT = { batch: 1000, betweenMs: 1000 };
const IMPORT_INTERVAL_MS = 1000;

export function startProcess(name: ProcessName, place: Place): Promise<RunningProcess> {
  return name === 'zeebe' ? startZeebe(place) : startApplicationProcess(name, place);
}

async function startZeebe(place: Place): Promise<RunningProcess> {
  const { options, settings, listen } = place;
  const { camunda, partitions, store, data, pacing } = options;
  const webApplications = settings.webApplications ? start('webApplications', place) : undefined;
  const exporters = [
    recordExporter(ofSearch(place)),
    ...(webApplications ? [camundaExporter(ofSearch(place))] : []),
  ];
  const broker = await openBroker({
    data: join(data, 'zeebe'),
    camunda,
    partitions,
    store,
    exporters,
    clock: settings.clock,
    pacing: { ...EXPORT, copyMs: settings.durationsMs.zeebe / OBJECTS_OF_BACKUP, ...pacing.broker },
  });
  const brokers = new Brokers(settings.clock, 1);
  const topology = new Topology(settings, brokers, broker.exporting);
  for (const { id } of exporters) topology.setExporterState(id, 'ENABLED');
  await webApplications?.ready;
  const { gateway, rest } = await serveZeebe(
    {
      settings,
      brokers,
      exporting: broker.exporting,
      topology,
      backups: broker.backups,
      webApplications: webApplications?.backups,
      work: broker,
    },
    noCourse,
    listen,
  );
  return {
    urls: { zeebe: gateway.url, rest: rest.url, ...(webApplications && { webApplications: gateway.url }) },
    close: async () => {
      await Promise.all([broker.close(), webApplications?.close()]);
    },
  };
}

async function startApplicationProcess(
  name: 'operate' | 'tasklist' | 'optimize',
  place: Place,
): Promise<RunningProcess> {
  const { backups, ready, close } = start(name, place);
  // A process that has no indices yet does not answer.
  await ready;
  const { url } = await serveApplication(place.settings, name, backups, noCourse, place.listen);
  return { urls: { [name]: url }, close };
}

function start(name: ApplicationName, place: Place): Application {
  const { options, settings, search } = place;
  const { pacing } = options;
  return startApplication({
    name,
    ...ofSearch(place),
    repository: options.repository,
    engine: pacing.optimizeParts === 'sequential' ? 'elasticsearch' : search,
    pacing: {
      importIntervalMs: IMPORT_INTERVAL_MS,
      partIntervalMs: settings.durationsMs[name] / layouts[name].parts.length,
      ...pacing.applications,
    },
    clock: settings.clock,
    log: options.log,
  });
}

const ofSearch = ({ options, settings }: Place) => ({
  search: { url: options.searchUrl },
  version: settings.version,
  prefix: options.indexPrefix,
});

/** Faults on order are for clusters in memory. Real parts are stopped, suspended and killed. */
const noCourse = () => undefined;

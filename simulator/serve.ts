import {
  type ApplicationName,
  addressBook,
  isOneProcess,
  serveApplication,
  serveZeebe,
  type ZeebeAddresses,
} from './addresses.ts';
import type { Cluster } from './cluster.ts';
import type { FaultBook } from './faults/faults.ts';
import { html } from './http/answers.ts';
import type { CallLog } from './http/calls.ts';
import type { Address } from './http/http.ts';
import type { ComponentName } from './operations.ts';
import { searchRoutes } from './search/search.ts';

export interface SimulatorUrls {
  /** The management address of the gateway, or of the orchestration cluster (8.8 and later). */
  zeebe: string;
  /** The management address of each broker. */
  brokers: string[];
  /** The application's port, with GET /v2/topology and, with the option `restExporting`, GET /v2/exporting. */
  rest: string;
  /** A server that answers every path with a web page. */
  web: string;
  operate?: string;
  tasklist?: string;
  webApplications?: string;
  optimize?: string;
  search?: string;
}

interface Served extends ZeebeAddresses {
  urls: SimulatorUrls;
  all: Address[];
  search: Address | undefined;
}

/** Serves a cluster in memory, with its search engine. */
export async function serve(cluster: Cluster, faults: FaultBook, log: CallLog): Promise<Served> {
  const { settings, store, zeebeBackups, partBackups } = cluster;
  const { listen, all } = addressBook(log);
  const nextCourse = (component: ComponentName) => faults.forBackup(component);
  const shared = isOneProcess(settings) && settings.webApplications;
  const zeebe = await serveZeebe(
    {
      ...cluster,
      backups: zeebeBackups,
      webApplications: shared ? partBackups.webApplications : undefined,
    },
    nextCourse,
    listen,
  );
  const web = await listen('web', () => () => ({ operation: 'web.page', handle: () => html() }));
  const { search: engine } = settings;
  const search = engine
    ? await listen('search', () => searchRoutes(settings, engine, store, faults))
    : undefined;

  const urls: SimulatorUrls = {
    zeebe: zeebe.gateway.url,
    brokers: zeebe.brokers.map((address) => address.url),
    rest: zeebe.rest.url,
    web: web.url,
    ...(search && { search: search.url }),
  };
  const names: ApplicationName[] = ['operate', 'tasklist', 'webApplications', 'optimize'];
  for (const name of names.filter((name) => settings[name])) {
    const isServed = name === 'webApplications' && shared;
    const address = isServed
      ? zeebe.gateway
      : await serveApplication(settings, name, partBackups[name], nextCourse, listen);
    urls[name] = address.url;
  }
  return { urls, all, ...zeebe, search };
}

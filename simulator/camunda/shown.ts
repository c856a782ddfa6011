import { resolve } from 'node:path';
import { actuator, springError } from '../http/answers.ts';
import type { Answer, Request } from '../http/http.ts';
import type { Disk, Settings } from '../options.ts';

/**
 * What a process shows of itself. The beans of a real Camunda have many more properties and show their origins too:
 * https://docs.spring.io/spring-boot/api/rest/actuator/configprops.html
 */
export function propertiesPage(request: Request, settings: Settings, broker: number): Answer {
  const shown = { ...defaultProperties(settings), ...settings.properties(broker) };
  const beans = Object.entries(shown).map(([prefix, properties]) => [
    `${prefix}-io.camunda.Properties`,
    { prefix, properties, inputs: {} },
  ]);
  return actuator(request, 200, { contexts: { Camunda: { beans: Object.fromEntries(beans) } } });
}

/** Secrets are shown as asterisks. */
const secret = '******';

function defaultProperties(settings: Settings): Record<string, unknown> {
  const { camunda, store, storeConfigured, repository, search } = settings;
  const backup = storeConfigured ? storeProperties(store) : { store: 'NONE' };
  const engine = search || 'elasticsearch';
  if (camunda === '8.8') {
    const secondaryStorage = { type: engine, [engine]: { indexPrefix: '', password: secret } };
    return { camunda: { data: { backup: { ...backup, repositoryName: repository }, secondaryStorage } } };
  }
  if (camunda === '8.9') {
    const database = { indexPrefix: '', password: secret, backup: { repositoryName: repository } };
    const secondaryStorage = { type: engine, [engine]: database };
    return { camunda: { data: { primaryStorage: { backup }, secondaryStorage } } };
  }
  return { 'zeebe.broker': { data: { directory: '/usr/local/zeebe/data', backup } } };
}

function storeProperties(store: string): Record<string, unknown> {
  if (!store.startsWith('s3://')) return { store: 'FILESYSTEM', filesystem: { basePath: resolve(store) } };
  const { hostname: bucketName, pathname, searchParams } = new URL(store);
  const place = {
    bucketName,
    basePath: pathname.replace(/^\/+|\/+$/g, '') || null,
    endpoint: searchParams.get('endpoint'),
    region: searchParams.get('region'),
  };
  return { store: 'S3', s3: { ...place, accessKey: secret, secretKey: secret } };
}

/** Every process shows its metrics in the format of Prometheus and refuses to show them as JSON (recorded). */
export function metricsPage(
  request: Request,
  { settings, path, samples }: { settings: Settings; path: string; samples: string[] },
): Answer {
  if ((request.header('accept') ?? '').includes('application/json')) {
    return springError(406, path, settings.clock.now());
  }
  return {
    status: 200,
    headers: { 'Content-Type': 'text/plain;version=0.0.4;charset=utf-8' },
    body: [...samples, 'process_uptime_seconds 4711.0', ''].join('\n'),
  };
}

export function samplesOfBroker(disk: Disk | undefined): string[] {
  return [
    'zeebe_stream_processor_records_total{action="processed",partition="1",} 20320.0',
    ...(disk
      ? [
          '# HELP disk_free_bytes Usable space for path',
          '# TYPE disk_free_bytes gauge',
          `disk_free_bytes{path="${disk.path}",} ${disk.free.toExponential()}`,
          '# TYPE disk_total_bytes gauge',
          `disk_total_bytes{path="${disk.path}",} ${disk.total.toExponential()}`,
        ]
      : []),
  ];
}

/** Operate and Tasklist have metrics with their own names; those of Optimize are not known. */
export function samplesOfApplication(component: string): string[] {
  if (component !== 'operate' && component !== 'tasklist') return [];
  return [`${component}_import_query_seconds_count{type="PROCESS",} 12`];
}

export function infoPage(request: Request, { showsVersion, version }: Settings): Answer {
  return actuator(request, 200, showsVersion ? { build: { version } } : {});
}

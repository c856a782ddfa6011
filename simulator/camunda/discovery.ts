import { actuator } from '../http/answers.ts';
import type { Answer, Request } from '../http/http.ts';
import type { Settings } from '../options.ts';

/** These links were recorded on 8.6. The links of the backups are added by version and profile. */
const BROKER_LINKS = [
  'partitions/{operation}',
  'partitions',
  'jobstreams/{type}',
  'jobstreams',
  'clock',
  'clock/{operationKey}',
  'BACKUPS',
  'rebalance',
  'banning/{processInstanceKey}',
  'prometheus',
  'health',
  'health/{*path}',
  'info',
  'configprops',
  'configprops/{prefix}',
  'loggers',
  'loggers/{name}',
  'flowControl',
  'cluster',
  'exporters',
  'exporting',
];

/** The kind of process that a management port belongs to. */
export type ManagementRole = 'broker with gateway' | 'broker' | 'gateway';

export function zeebeLinks(settings: Settings, role: ManagementRole, history: boolean): string[] {
  const gatewayOnly = ['BACKUPS', 'rebalance', 'cluster', 'exporters', 'exporting'];
  return BROKER_LINKS.filter((link) => {
    if (link === 'exporters' && settings.camunda === '8.5') return false;
    if (role === 'gateway') return !link.startsWith('partitions') && !link.startsWith('banning');
    return role === 'broker with gateway' || !gatewayOnly.includes(link);
  }).flatMap((link) => {
    if (link !== 'BACKUPS') return [link];
    const runtime = runtimeEndpoint(settings);
    return [runtime, `${runtime}/{id}`, ...(history ? ['backupHistory', 'backupHistory/{backupId}'] : [])];
  });
}

export const WEB_APPLICATION_LINKS = ['backups', 'health', 'health/{*path}', 'info', 'prometheus', 'loggers'];
export const OPTIMIZE_LINKS = ['backups', 'health', 'health/{*path}', 'prometheus'];

/** The id of the endpoint of Zeebe's backups. */
export const runtimeEndpoint = (settings: Settings): 'backupRuntime' | 'backups' =>
  settings.orchestrationCluster && settings.profile === 'orchestration' ? 'backupRuntime' : 'backups';

/** Makes Spring Boot's page of links, in which `health/{*path}` has the name `health-path`. */
export function discoveryPage(request: Request, base: string, links: string[]): Answer {
  const entries = links.map((link) => {
    const [id = link, variable] = link.split('/');
    const name =
      variable === undefined
        ? id.toLowerCase() === 'flowcontrol'
          ? 'flowcontrol'
          : id
        : `${id}-${variable.replace(/[{}*]/g, '')}`;
    return [name, { href: `${base}/${link}`, templated: link.includes('{') }];
  });
  const self = { href: base, templated: false };
  return actuator(request, 200, { _links: { self, ...Object.fromEntries(entries) } });
}

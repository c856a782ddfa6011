import type { ClusterConfig } from '../config/schema.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { DoctorFacts } from './facts.ts';

/**
 * A management port asks for no login, so whoever reaches it can pause exporting and delete backups. At the ports of the
 * web, an ingress or a load balancer answers in its place, which others may reach too.
 */
export function exposed({ addresses, checks: { config } }: DoctorFacts): Diagnosis[] {
  return addresses.flatMap(({ url, roles, endpoints }) => {
    const { port } = new URL(url);
    if (!endpoints || port !== '' || isProtected(config, url)) return [];
    return [
      {
        name: 'exposed',
        severity: 'warning' as const,
        subject: roles[0] ?? 'zeebe',
        says: `The management endpoints answer at ${url}, a port of the web, without a login: whoever reaches it can pause exporting and delete backups`,
        remedy:
          'Take /actuator out of the ingress, and use the management port from inside of the network (9600 unless configured otherwise; 8092 for Optimize).',
      },
    ];
  });
}

function isProtected(
  { zeebe, webApplications, operate, tasklist, optimize }: ClusterConfig,
  url: string,
): boolean {
  const all = [zeebe, webApplications, operate, tasklist, optimize];
  return all.some((one) => one?.url === url && Boolean(one.auth ?? one.tls?.certificate));
}

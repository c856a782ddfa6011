import * as z from 'zod';
import { type ComponentName, titles } from '../components/kinds.ts';
import { readSnapshotName } from '../components/snapshot-names.ts';
import type { SeenAddress } from './ask-addresses.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { DoctorFacts, NewestBackup } from './facts.ts';

/** What listens at an address. A field is null if the address does not show it. */
export const seenIdentity = z.object({
  /** In words: `Zeebe with the web applications`, `Operate`, `elasticsearch 8.16.6`. */
  component: z.string().nullable(),
  version: z.string().nullable(),
  /** The path below which the actuator was found. */
  contextPath: z.string().nullable(),
  /** The physical tenants (8.10). */
  tenants: z.array(z.string()),
});

/** `known` is what the cluster as a whole reports. */
export function identityOf(
  seen: SeenAddress,
  known: { version: string | undefined; tenants: string[]; newest: NewestBackup[] },
): z.infer<typeof seenIdentity> | undefined {
  if (!seen.endpoints) return undefined;
  const isZeebe = seen.endpoints.has('exporting') || seen.endpoints.has('partitions');
  return {
    component: componentAt(seen, known.newest),
    version: seen.version ?? (isZeebe ? known.version : undefined) ?? null,
    contextPath: contextPathOf(seen.url),
    tenants: isZeebe ? known.tenants : [],
  };
}

function componentAt({ url, endpoints, metrics, roles }: SeenAddress, newest: NewestBackup[]): string | null {
  if (endpoints?.has('exporting')) {
    if (endpoints.has('backupHistory')) return 'Zeebe with the web applications';
    return endpoints.has('partitions') ? 'Zeebe' : 'Zeebe, a gateway';
  }
  if (endpoints?.has('partitions')) return 'Zeebe, a broker';
  const own = nameInMetrics(metrics) ?? nameInSnapshots(newest.find((one) => one.url === url));
  if (own) return titles[own];
  const [role] = roles;
  return endpoints?.has('backups') && role && role !== 'broker' ? `${titles[role]}, as configured` : null;
}

function contextPathOf(url: string): string | null {
  const { pathname } = new URL(url);
  return pathname === '/' ? null : pathname;
}

const applicationsBefore88 = ['operate', 'tasklist', 'optimize'] as const;

/** Operate and Tasklist have the same endpoints. Only their metrics have their own names. */
function nameInMetrics(metrics: SeenAddress['metrics']) {
  const found = applicationsBefore88.filter((name) =>
    metrics?.some((sample) => sample.name.startsWith(`${name}_`)),
  );
  return found.length === 1 ? found[0] : undefined;
}

/** The owner of the snapshots in a backup that a component has. */
function nameInSnapshots(newest: NewestBackup | undefined): ComponentName | undefined {
  return readSnapshotName(newest?.snapshots[0] ?? '')?.component;
}

/** Finds addresses at which another component listens than the one that is configured there. */
export function identity({ addresses, newest }: DoctorFacts): Diagnosis[] {
  const byMetrics = addresses.flatMap(({ url, roles, endpoints, metrics }) => {
    const is = nameInMetrics(metrics);
    if (is === undefined || endpoints?.has('exporting')) return [];
    return applicationsBefore88
      .filter((role) => roles.includes(role) && role !== is)
      .map((role) => swapped({ role, is, url, seen: `its metrics have names such as ${is}_…` }));
  });
  const bySnapshots = newest.flatMap((one) => {
    const { component: role, url, snapshots, backupId } = one;
    const is = nameInSnapshots(one);
    if (is === undefined || is === role) return [];
    return [swapped({ role, is, url, seen: `its backup ${backupId} has the snapshot ${snapshots[0]}` })];
  });
  const found = [...byMetrics, ...bySnapshots];
  return found.filter((one, at) => found.findIndex(({ subject }) => subject === one.subject) === at);
}

interface Swapped {
  role: ComponentName;
  is: ComponentName;
  url: string;
  seen: string;
}

function swapped({ role, is, url, seen }: Swapped): Diagnosis {
  return {
    name: 'address',
    severity: 'error',
    subject: role,
    says: `${titles[is]} listens at ${url}, which is configured as \`${role}\`: ${seen}`,
    remedy: `Write the management address of ${titles[role]} into \`${role}.url\`; the one that stands there belongs into \`${is}.url\`.`,
  };
}

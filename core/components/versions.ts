import type { ApplicationTarget } from './applications/target.ts';
import type { ZeebeTarget } from './zeebe/target.ts';

/**
 * When exporting is paused: from 8.8 on before the backups of the web applications, in 8.5 to 8.7 after them.
 * https://docs.camunda.io/docs/8.8/self-managed/operational-guides/backup-restore/backup/
 * https://docs.camunda.io/docs/8.7/self-managed/operational-guides/backup-restore/backup/
 */
export type Order = 'PAUSE_FIRST' | 'APPLICATIONS_FIRST';

/** A component with a management API. */
export type ManagedName = ZeebeTarget['component'] | ApplicationTarget['component'];

export interface Generation {
  /** The first minor version of the generation. */
  since: string;
  order: Order;
  /** The possible endpoints of each component of the generation. The first one that exists is used. */
  endpoints: Partial<Record<ManagedName, string[]>>;
}

/** The version of a cluster. */
export interface KnownVersion {
  version: string;
  generation: Generation;
  /** The remedy if only the configuration names the version and the cluster looks different. */
  doubt: string | undefined;
}

/** The order and the endpoints by version, the newest first. Standalone applications of 8.8 keep the older endpoint. */
export const generations: [Generation, ...Generation[]] = [
  {
    since: '8.8',
    order: 'PAUSE_FIRST',
    endpoints: {
      zeebe: ['backupRuntime', 'backups'],
      webApplications: ['backupHistory', 'backups'],
      optimize: ['backups'],
    },
  },
  {
    since: '8.5',
    order: 'APPLICATIONS_FIRST',
    endpoints: {
      zeebe: ['backups', 'backupRuntime'],
      operate: ['backups'],
      tasklist: ['backups'],
      optimize: ['backups'],
    },
  },
];

/** Finds the generation of a version such as `8.7` or `8.8.36`; undefined before 8.5. */
export function generationOf(version: string): Generation | undefined {
  return generations.find(({ since }) => compareVersions(version, since) >= 0);
}

/** Compares the major and minor version. A pre-release counts as its release: 8.8.0-alpha3 is 8.8. */
export function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = numbers(a);
  const [majorB = 0, minorB = 0] = numbers(b);
  return majorA - majorB || minorA - minorB;
}

function numbers(version: string): number[] {
  return (version.match(/\d+/g) ?? []).map(Number);
}

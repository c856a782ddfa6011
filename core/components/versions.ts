import type { ApplicationTarget } from './applications/target.ts';
import type { ZeebeTarget } from './zeebe/target.ts';

/**
 * When exporting is paused. 8.8 and later pause before the web applications are backed up
 * (create-a-backup-8.8), 8.5 to 8.7 after them (backup-and-restore-8.7).
 */
export type Order = 'PAUSE_FIRST' | 'APPLICATIONS_FIRST';

/** A component with a management API. */
export type ManagedName = ZeebeTarget['component'] | ApplicationTarget['component'];

export interface Generation {
  /** The first minor version of the generation. */
  since: string;
  order: Order;
  /** For each component of the generation its endpoint, the first one that is there. */
  endpoints: Partial<Record<ManagedName, string[]>>;
}

/** What differs between versions; newest first. 8.8's standalone profiles keep the older name. */
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

/** The generation of a version such as `8.7` or `8.8.36`; undefined before 8.5. */
export function generationOf(version: string): Generation | undefined {
  return generations.find(({ since }) => compareVersions(version, since) >= 0);
}

/**
 * Compares major and minor. A pre-release counts as its version: 8.8.0-alpha3 is 8.8.
 */
export function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = numbers(a);
  const [majorB = 0, minorB = 0] = numbers(b);
  return majorA - majorB || minorA - minorB;
}

function numbers(version: string): number[] {
  return (version.match(/\d+/g) ?? []).map(Number);
}

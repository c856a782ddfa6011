import type { ClusterConfig } from '../config/schema.ts';
import { type BackupError, isBackupError } from '../errors.ts';
import type { Configured, OpeningNeeds } from './kind.ts';
import { type ComponentName, kinds } from './kinds.ts';
import type { Target } from './target.ts';

/** A component of which it is not known what it has, and why. */
export interface Unasked {
  component: ComponentName;
  problem: BackupError;
}

/** Where a component keeps its backups, or why that is not known. */
export type Located =
  | { component: ComponentName; target: Target; problem?: never }
  | (Unasked & { target?: never });

function configured(config: ClusterConfig): Configured<Target>[] {
  return Object.values(kinds).flatMap((kind): Configured<Target>[] => kind.configured(config));
}

/** The components of a cluster that have backups. */
export function configuredComponents(config: ClusterConfig): ComponentName[] {
  return configured(config).map(({ component }) => component);
}

/**
 * Where a configured cluster's components keep their lists of backups. Unlike discoverCluster it does not ask whether
 * the cluster could be backed up now, writes nothing (the check of a snapshot repository does), and a component that
 * is down keeps nobody from asking the others.
 */
export function locateComponents(
  config: ClusterConfig,
  context: Pick<OpeningNeeds, 'http' | 'secrets'>,
  wanted: ComponentName[] = configuredComponents(config),
): Promise<Located[]> {
  return Promise.all(
    configured(config)
      .filter(({ component }) => wanted.includes(component))
      .map(async ({ component, locate }): Promise<Located> => {
        try {
          return { component, target: await askedTwice(() => locate(context)) };
        } catch (problem) {
          if (!isBackupError(problem)) throw problem;
          return { component, problem };
        }
      }),
  );
}

/** Nobody repeats these questions but this; an idle connection that a server closes in this moment loses one. */
export async function askedTwice<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isBackupError(error, 'Unreachable')) throw error;
    return ask();
  }
}

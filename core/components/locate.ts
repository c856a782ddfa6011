import type { ClusterConfig } from '../config/schema.ts';
import { type BackupError, isBackupError } from '../errors.ts';
import type { Configured, OpeningNeeds } from './kind.ts';
import { allKinds, type ComponentName } from './kinds.ts';
import type { Target } from './target.ts';

/** A component whose backups are not known, and the reason. */
export interface Unanswered {
  component: ComponentName;
  problem: BackupError;
}

/** The place where a component keeps its backups, or the reason why that is not known. */
export type Located =
  | { component: ComponentName; target: Target; problem?: never }
  | (Unanswered & { target?: never });

/** Lists the configured components in the order of the kinds, Zeebe first. */
export function configuredIn(config: ClusterConfig): Configured<Target>[] {
  return allKinds.flatMap((kind) => kind.configured(config));
}

/** Lists the configured components of a cluster. Each of them has backups. */
export function configuredComponents(config: ClusterConfig): ComponentName[] {
  return configuredIn(config).map(({ component }) => component);
}

/**
 * Finds out where the components of a cluster keep their backups. Unlike the checks before a backup, it does not ask
 * whether the cluster can be backed up now, and it writes nothing (the check of a snapshot repository does). If one
 * component is down, the others are still found.
 */
export function locateComponents(
  config: ClusterConfig,
  context: Pick<OpeningNeeds, 'http' | 'secrets'>,
  wanted: ComponentName[] = configuredComponents(config),
): Promise<Located[]> {
  return Promise.all(
    configuredIn(config)
      .filter(({ component }) => wanted.includes(component))
      .map(async ({ component, find }): Promise<Located> => {
        try {
          const { locate } = await askedTwice(() => find(context));
          return { component, target: locate() };
        } catch (problem) {
          if (!isBackupError(problem)) throw problem;
          return { component, problem };
        }
      }),
  );
}

/**
 * Retries once if the server is unreachable. A server may close an idle connection just as it is reused, and outside of
 * the state machine nothing else retries these requests.
 */
export async function askedTwice<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isBackupError(error, 'Unreachable')) throw error;
    return ask();
  }
}

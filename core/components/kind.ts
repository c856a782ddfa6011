import type * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { CheckName } from '../config/checks.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Http } from '../connect/http.ts';
import type { Secrets } from '../connect/secrets.ts';
import type { Discovered } from './actuator.ts';
import type { Component } from './component.ts';
import type { SearchAddress, SearchEngine } from './search/engine.ts';
import type { Observed, Sign } from './signs.ts';
import type { Stage } from './stages.ts';
import type { KnownVersion } from './versions.ts';

/** The parts of the context that a component needs to be opened. */
export interface OpeningNeeds {
  http: Http;
  secrets: Secrets;
  /** Opens a client. The caller closes it. */
  search: (address: SearchAddress) => Promise<SearchEngine>;
  clock: Clock;
}

/** How the components of a kind differ from other components in the procedure. */
export interface Policy {
  /** Its backup is the last one. Exporting must stay paused until it is complete. */
  endsThePause: boolean;
  /** It can take several backups at once, so a backup in progress does not block another one. */
  takesSeveral: boolean;
  /** It may still report a backup that was deleted while it was in progress, until it is restarted. */
  remembersDeleted: boolean;
  /** Its list shows whether a backup is in progress, but not how it ended. */
  listsOnlyNames: boolean;
  /** The check that reports that it has no store or repository, or that it refuses to list its backups. */
  storeCheck: CheckName;
  /** The search engine takes its backups, so no log of the component says why a backup failed. */
  isInTheSearchEngine: boolean;
  /** The parts of its backup are snapshots in the repository of the search engine. */
  consistsOfSnapshots: boolean;
}

/** What a backup knows of a cluster before it chooses the place of each component. */
interface KnownCluster extends KnownVersion {
  /** Undefined if there is no search engine. */
  searchVersion: string | undefined;
}

/** A configured component, and the function that asks for what its place depends on. */
export interface Configured<Target extends { component: string }> {
  component: Target['component'];
  find: (context: Pick<OpeningNeeds, 'http' | 'secrets'>) => Promise<Locatable<Target>>;
}

/** A component that has answered. */
interface Locatable<Target extends { component: string }> {
  component: Target['component'];
  /** What its management port reports; undefined if it has none. */
  discovered?: Discovered;
  /**
   * Chooses the place of its backups. Without `cluster`, every possible place of the configured version counts, or of
   * all versions. Throws ClusterNotReady if this version has no such component.
   */
  locate: (cluster?: KnownCluster) => Target;
}

/** The description of one kind of component. Its folder in core/components exports it; kinds.ts has the table. */
export interface Kind<Target extends { component: string }> {
  /** The schema of the target that a plan keeps for such a component. */
  target: z.ZodType<Target>;
  /** The components of this kind, each with the name that people use. */
  titles: Record<Target['component'], string>;
  /** The stage of the procedure in which it is backed up. The plan lists its target there. */
  stage: Stage;
  policy: Policy;
  configured: (config: ClusterConfig) => Configured<Target>[];
  /** Lists the components of this kind that a cluster shows, so that one that is not configured is noticed. */
  signs: (observed: Observed) => Sign<Target['component']>[];
  open: (target: Target, context: OpeningNeeds) => Component | Promise<Component>;
}

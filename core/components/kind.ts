import type * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { CheckName } from '../config/checks.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Http } from '../connect/http.ts';
import type { Secrets } from '../connect/secrets.ts';
import type { Component } from './component.ts';
import type { SearchAddress, SearchEngine } from './search/engine.ts';

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
}

/** A configured component, and the function that finds out where it keeps its backups. */
export interface Configured<Target extends { component: string }> {
  component: Target['component'];
  locate: (context: Pick<OpeningNeeds, 'http' | 'secrets'>) => Promise<Target>;
}

/** The description of one kind of component. Its folder in core/components exports it; kinds.ts has the table. */
export interface Kind<Target extends { component: string }> {
  /** The schema of the target that a plan keeps for such a component. */
  target: z.ZodType<Target>;
  /** The components of this kind, each with the name that people use. */
  titles: Record<Target['component'], string>;
  policy: Policy;
  configured: (config: ClusterConfig) => Configured<Target>[];
  open: (target: Target, context: OpeningNeeds) => Component | Promise<Component>;
}

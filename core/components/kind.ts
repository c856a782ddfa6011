import type * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { CheckName } from '../config/checks.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Http } from '../connect/http.ts';
import type { Secrets } from '../connect/secrets.ts';
import type { Component } from './component.ts';
import type { SearchAddress, SearchEngine } from './search/engine.ts';

/** What a component is opened with. */
export interface OpeningNeeds {
  http: Http;
  secrets: Secrets;
  /** Opens a client; whoever opens it closes it. */
  search: (address: SearchAddress) => Promise<SearchEngine>;
  clock: Clock;
}

/** How the components of a kind differ in what has to be done about them. */
export interface Policy {
  /** Its backup is the last one of all: exporting must have been paused until it is complete. */
  endsThePause: boolean;
  /** It takes several backups at once: one that is at work is not in the way of another one. */
  takesSeveral: boolean;
  /** It may go on remembering a backup that was deleted while it was at work; a restart makes it forget. */
  remembersDeleted: boolean;
  /** Its list shows whether a backup is at work, and not how it ended. */
  listsOnlyNames: boolean;
  /** The check that tells that it has no store or repository, or refuses whoever asks it. */
  storeCheck: CheckName;
  /** The search engine takes its backups for us: there is no log of the component that would say why one fails. */
  isInTheSearchEngine: boolean;
}

/** A configured component, and what finds out where it keeps its backups. */
export interface Configured<Target extends { component: string }> {
  component: Target['component'];
  locate: (context: Pick<OpeningNeeds, 'http' | 'secrets'>) => Promise<Target>;
}

/** What a room of core/components says of the components in it; the table of all kinds is in kinds.ts. */
export interface Kind<Target extends { component: string }> {
  /** What a plan keeps of such a component. */
  target: z.ZodType<Target>;
  /** The components of this kind, each with the name that people use. */
  titles: Record<Target['component'], string>;
  policy: Policy;
  configured: (config: ClusterConfig) => Configured<Target>[];
  open: (target: Target, context: OpeningNeeds) => Component | Promise<Component>;
}

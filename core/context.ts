import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Http } from './http.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Owner } from './ledger/lock.ts';
import type { SearchAddress, SearchEngine } from './search/engine.ts';
import type { Secrets } from './secrets.ts';

/** What handlers work with: everything that is outside of this process, passed in. */
export interface Context {
  config: () => Promise<Config>;
  ledger: Ledger;
  http: Http;
  secrets: Secrets;
  /** Opens a client; whoever opens it closes it. */
  search: (address: SearchAddress) => Promise<SearchEngine>;
  clock: Clock;
  /** Who runs the execution `runId`. */
  owner: (runId: string) => Owner;
  /** The shortest wait between two looks at a component, in seconds. */
  stepSeconds: number;
}

export function nowIso({ clock }: Pick<Context, 'clock'>): string {
  return new Date(clock.now()).toISOString();
}

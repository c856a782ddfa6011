import type { Alert } from './alert.ts';
import type { Clock } from './clock.ts';
import type { Commands } from './commands.ts';
import type { SearchAddress, SearchEngine } from './components/search/engine.ts';
import type { Config } from './config/schema.ts';
import type { Http } from './connect/http.ts';
import type { Secrets } from './connect/secrets.ts';
import type { Figure } from './figures.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Owner } from './ledger/lock.ts';
import type { Resumed } from './ledger/resumed.ts';
import type { Pacing } from './pacing.ts';

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
  /** Who puts right from here what a dead run left; undefined for the deployed watchdog, which is no execution. */
  repairer: () => Owner | undefined;
  /** Tells people. */
  tell: (alert: Alert) => Promise<void>;
  /** Records figures of a cluster. */
  measure: (figures: Figure[]) => void;
  /** Notes what is wrong and harms nothing. */
  warn: (text: string) => void;
  /** What people are told to type, as they can type it where they are. */
  commands: Commands;
  /** Resumes of exporting that this process has made, and that the ledger did not take yet; see core/ledger/resumed.ts. */
  unwritten: Map<string, Resumed>;
  /** How often a component is looked at. */
  pacing: Pacing;
}

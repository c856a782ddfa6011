import type { Facts } from '../checks/facts.ts';
import type { ComponentName } from '../components/kinds.ts';
import type { Config } from '../config/schema.ts';
import type { Manifest } from '../ledger/manifest.ts';
import type { SeenAddress } from './ask-addresses.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Installed } from './settings.ts';

/** Everything that the doctor judges. */
export interface DoctorFacts {
  cluster: string;
  /** The whole configuration, because clusters of the same file may get in each other's way. */
  file: Config;
  /** What the checks of a backup asked for. */
  checks: Facts;
  addresses: SeenAddress[];
  /** The newest backups of the components that keep theirs in the search engine. */
  newest: NewestBackup[];
  /** The privileges that the user of the search engine or of the REST API lacks, each with what needs it. */
  lacking: Lacking[];
  books: Books;
  installed: Installed;
  /** Milliseconds since 1970. */
  now: number;
}

/** The newest backup that a component has and that has ended, and its snapshots. */
export interface NewestBackup {
  component: ComponentName;
  url: string;
  backupId: number;
  state: string;
  /** The names of its snapshots by the component's own answer. */
  snapshots: string[];
  expected: number | undefined;
  /** Whether the first of them is in the configured repository; undefined if that is not known. */
  isThere: boolean | undefined;
  failure: string | undefined;
}

export interface Lacking {
  subject: 'search' | 'zeebe';
  privilege: string;
  because: string;
}

/** What the ledger shows. */
export interface Books {
  /** The last completed backup. */
  last: Manifest | undefined;
  /** The newest one, whatever its state is. */
  newest: Manifest | undefined;
  /** False if the ledger could not be read, which is a finding of its own. */
  areRead: boolean;
}

/** Judges one subject. */
export type Topic = (facts: DoctorFacts) => Diagnosis[];

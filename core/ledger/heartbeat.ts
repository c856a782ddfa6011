import * as z from 'zod';
import { BackupError } from '../errors.ts';
import { parseJson } from '../json.ts';
import { documentIn } from './document.ts';
import * as keys from './keys.ts';
import type { Lock } from './lock/lock.ts';
import type { Store } from './store/store.ts';

/**
 * The sign of life of the run that holds a cluster's lock. On AWS no heartbeat is needed, because Step Functions knows
 * which executions run. It is a separate document, so that it never contends with the lock. Its age comes from the
 * ledger's own clock; `beatAt` is only for people.
 */
export const heartbeat = z.strictObject({
  format: z.literal(1),
  cluster: z.string(),
  runId: z.string(),
  beatAt: z.iso.datetime(),
});
export type Heartbeat = z.infer<typeof heartbeat>;

/**
 * The times of heartbeats, in seconds. A run that cannot renew its heartbeat stops its calls long before another run
 * may take its lock, so that two runs never change a cluster concurrently.
 */
export const heartbeatTimes = {
  /** A run renews its heartbeat this often. */
  every: 30,
  /** A run is alive if its heartbeat is younger than this. A few renewals may fail in between. */
  aliveWithin: 120,
  /** A run that could not renew its heartbeat for this long begins to end, because resuming exporting takes time. */
  wayBackAfter: 210,
  /** After this time the run sends no more calls that change anything. */
  silentAfter: 300,
  /** After this time every other process treats the run as gone. */
  goneAfter: 900,
};

/** The heartbeats of a ledger. */
export function heartbeats(store: Store) {
  return {
    /**
     * Writes a heartbeat. The `first` one of a run replaces that of any earlier run; a later one replaces only its own.
     * Returns false and writes nothing if another run has written its heartbeat meanwhile.
     */
    async beat(wanted: Heartbeat, { first }: { first: boolean }): Promise<boolean> {
      const key = keys.heartbeat(wanted.cluster);
      const document = documentIn(store, key, heartbeat);
      for (let attempt = 0; attempt < 5; attempt++) {
        const found = await store.read(key);
        if (found && !first && runOf(found.text) !== wanted.runId) return false;
        const isWritten = found
          ? await document.replace(wanted, found.version)
          : await document.create(wanted);
        if (isWritten) return true;
      }
      throw new BackupError('LedgerError', `${store.location(key)} kept changing while it was written`);
    },

    /** Returns the age of a run's heartbeat in seconds; undefined if the run never wrote one. */
    async secondsWithoutBeat({
      cluster,
      runId,
    }: Pick<Lock, 'cluster' | 'runId'>): Promise<number | undefined> {
      const key = keys.heartbeat(cluster);
      const found = await store.read(key);
      // The age is read second, so that a renewal in between can only make the heartbeat younger.
      return found && runOf(found.text) === runId ? store.ageOf(key) : undefined;
    },
  };
}

/** Reads the run of a heartbeat; undefined if this version cannot read the text. */
function runOf(text: string): string | undefined {
  return heartbeat.safeParse(parseJson(text)).data?.runId;
}

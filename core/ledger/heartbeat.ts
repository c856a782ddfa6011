import * as z from 'zod';
import { BackupError } from '../errors.ts';
import { parseJson } from '../json.ts';
import { documentIn } from './document.ts';
import * as keys from './keys.ts';
import type { Lock } from './lock/lock.ts';
import type { Store } from './store/store.ts';

/**
 * A sign of life of the run that holds a cluster's lock, outside AWS; there the service knows which executions run. It
 * is a document of its own, so that it never contends with the lock. How old it is the ledger's own clock says:
 * `beatAt` is for people.
 */
export const heartbeat = z.strictObject({
  format: z.literal(1),
  cluster: z.string(),
  runId: z.string(),
  beatAt: z.iso.datetime(),
});
export type Heartbeat = z.infer<typeof heartbeat>;

/**
 * All in seconds. A run that cannot renew its heartbeat is silent long before another may take its lock, so that two
 * never change a cluster at once.
 */
export const heartbeatTimes = {
  /** How often a run renews it. */
  every: 30,
  /** One this young is of a run that lives: a few renewals may fail. */
  aliveWithin: 120,
  /** A run that could not renew it for so long begins to end: resuming exporting takes its time. */
  wayBackAfter: 210,
  /** It sends nothing more that changes anything. */
  silentAfter: 300,
  /** Its run is gone, for whoever looks. */
  goneAfter: 900,
};

/** The heartbeats of a ledger. */
export function heartbeats(store: Store) {
  return {
    /**
     * Writes a heartbeat: the `first` one of a run over that of any earlier run, a later one only over its own. False,
     * and nothing written, where another run has written its own meanwhile.
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

    /** For how long a run has given no sign of life; undefined where it never gave one. */
    async secondsWithoutBeat({
      cluster,
      runId,
    }: Pick<Lock, 'cluster' | 'runId'>): Promise<number | undefined> {
      const key = keys.heartbeat(cluster);
      const found = await store.read(key);
      // The age is read second: what is renewed in between is younger, and never taken for older.
      return found && runOf(found.text) === runId ? store.ageOf(key) : undefined;
    },
  };
}

/** Whose heartbeat a text is; undefined where this version cannot read it. */
function runOf(text: string): string | undefined {
  return heartbeat.safeParse(parseJson(text)).data?.runId;
}

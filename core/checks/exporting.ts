import {
  type Replicas,
  readTogether,
  replicasIn,
  replicasThat,
  unknownOf,
} from '../components/zeebe/exporting.ts';
import { readBrokers } from '../components/zeebe/topology.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Http } from '../connect/http.ts';
import { management, restApi } from '../connect/management.ts';
import type { Context } from '../context.ts';
import { noAnswer } from '../error-names.ts';
import { isBackupError } from '../errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { mayBePaused } from '../ledger/lock/lock.ts';

/** The state of exporting that the cluster shows at the configured addresses. */
export interface ExportingLook {
  /** PAUSED: at least one replica is paused. EXPORTING: every address showed replicas, and none is paused. */
  state: 'EXPORTING' | 'PAUSED' | 'UNKNOWN';
  /** The paused replicas, as sentences. */
  paused: string[];
  /** The reasons why something is not known, as sentences. */
  unknown: string[];
  /** True if an address gave no answer. Then the next look may show more; otherwise it will not. */
  isSilent: boolean;
  replicas: Replicas;
}

/** Asks all addresses concurrently, each for at most `patienceSeconds`. Throws SecretUnavailable. */
export async function lookAtExporting(
  { zeebe }: ClusterConfig,
  { http, secrets }: Pick<Context, 'http' | 'secrets'>,
  patienceSeconds: number,
): Promise<ExportingLook> {
  const { url, brokers = [url], rest } = zeebe;
  const brief: Http = (request) => http({ ...request, timeoutSeconds: patienceSeconds });
  const [views, together] = await Promise.all([
    readBrokers(brokers.map((broker) => management('Zeebe', { ...zeebe, url: broker }, brief, secrets))),
    rest && readTogether(restApi(rest, brief, secrets)),
  ]);
  const replicas = replicasIn(views, together);
  const paused = replicasThat(replicas, 'PAUSED', 'SOFT_PAUSED', 'MIXED');
  const errors = views.flatMap(({ error }) => error ?? []);
  const unknown = together
    ? []
    : [
        ...errors.map(({ message }) => message),
        ...views
          .filter(({ error, replicas }) => !error && replicas.length === 0)
          .map(({ broker }) => `${broker} shows no partition (a gateway does not: configure zeebe.brokers)`),
        ...unknownOf({ ...replicas, unread: [] }, 0),
      ];
  return {
    state: paused.length > 0 ? 'PAUSED' : unknown.length > 0 ? 'UNKNOWN' : 'EXPORTING',
    paused,
    unknown,
    isSilent: errors.some((error) => isBackupError(error, ...noAnswer)),
    replicas,
  };
}

export interface ExplainedLook extends ExportingLook {
  /**
   * The origin of a pause. `explained`: it belongs to a run of this ledger, which ends it or is repaired.
   * `unexplained`: no run of this ledger has it. `unknown`: the lock cannot be read. `none`: no replica is paused.
   */
  pause: 'none' | 'explained' | 'unexplained' | 'unknown';
}

/**
 * Looks at exporting and finds the origin of a pause. It looks twice before it calls a pause unexplained, because a run
 * may begin or end between the answers of the ledger and of the cluster.
 */
export async function lookAndExplain(
  cluster: string,
  look: () => Promise<ExportingLook>,
  ledger: Pick<Ledger, 'readHolder'>,
): Promise<ExplainedLook> {
  for (let looks = 1; ; looks++) {
    const before = await isPausedByARun(cluster, ledger);
    const seen = await look();
    if (seen.state !== 'PAUSED') return { ...seen, pause: 'none' };
    const after = before === false ? await isPausedByARun(cluster, ledger) : before;
    if (after === true) return { ...seen, pause: 'explained' };
    if (after === undefined) return { ...seen, pause: 'unknown' };
    if (looks === 2) return { ...seen, pause: 'unexplained' };
  }
}

/** True if a run of this ledger may have paused exporting; undefined if the lock cannot be read. */
async function isPausedByARun(
  cluster: string,
  { readHolder }: Pick<Ledger, 'readHolder'>,
): Promise<boolean | undefined> {
  try {
    const holder = await readHolder(cluster);
    return holder !== undefined && mayBePaused(holder);
  } catch (error) {
    if (isBackupError(error)) return undefined;
    throw error;
  }
}

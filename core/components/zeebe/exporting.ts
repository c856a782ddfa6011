import * as z from 'zod';
import { isHtml, serverMessage } from '../../connect/answers.ts';
import { resumeByHand } from '../../connect/by-hand.ts';
import type { HttpAnswer } from '../../connect/http.ts';
import type { Management } from '../../connect/management.ts';
import { type ErrorName, noAnswer } from '../../error-names.ts';
import { BackupError, isBackupError } from '../../errors.ts';
import { parseJson } from '../../json.ts';
import { type BrokerView, readBrokers } from './topology.ts';

/**
 * Pausing and resuming exporting, and reading back whether it happened.
 * Source: create-a-backup-8.8 steps 1 and 10; how real servers answer: both calls are HTTP 200 whether they
 * worked or not (up to 8.9), only `.status` in the body tells; 8.10 answers a real 204.
 */
const wrapper = z.object({ status: z.number() });

/** Only `soft=true` is ever sent: a hard pause after a soft one corrupts the partition's state (camunda#55838). */
const pausePath = 'exporting/pause?soft=true';
const resumePath = 'exporting/resume';

export async function pauseExporting(zeebe: Management): Promise<void> {
  await change(zeebe, pausePath, 'PauseFailed');
}

export async function resumeExporting(zeebe: Management): Promise<void> {
  await change(zeebe, resumePath, 'ResumeFailed');
}

async function change(zeebe: Management, path: string, failure: ErrorName): Promise<void> {
  const answer = await zeebe.ask('POST', path, {});
  if (answer.status === 204) return;
  const body = wrapper.safeParse(parseJson(answer.text));
  if (answer.status === 200 && body.success && body.data.status === 204) return;
  const what = path === pausePath ? 'pause' : 'resume';
  throw new BackupError(failure, `Zeebe did not ${what} exporting: ${reason(zeebe, path, answer)}`, {
    status: answer.status,
    // Nobody is told to pause by hand: no backup would end such a pause.
    remedy:
      path === resumePath
        ? resumeByHand(zeebe.address)
        : `See whether every broker is there and every partition has a leader (GET ${zeebe.url('cluster')}), and start again.`,
  });
}

function reason(zeebe: Management, path: string, answer: HttpAnswer): string {
  if (answer.status !== 200 || isHtml(answer)) return zeebe.refused('POST', path, answer).message;
  const inner = wrapper.safeParse(parseJson(answer.text));
  const status = inner.success ? inner.data.status : 'none';
  return `${zeebe.url(path)} answered 200 with the inner status ${status}: ${serverMessage(answer) ?? 'nothing more'}`;
}

/** One replica of a partition, and what it does with its records. */
export interface Replica {
  broker: string;
  partition: number;
  /** The server's own word. */
  phase: string;
}

export interface Replicas {
  /** Those that could be read. */
  read: Replica[];
  /** The addresses that gave no answer of this kind: what is there is not known. */
  unread: string[];
  /** What the REST API says of all replicas together, where it does. */
  together?: { url: string; status: ExportingStatus } | undefined;
}

/** `GET /v2/exporting`, from 8.10 on: MIXED is what only some replicas do. */
const exportingStatus = z.object({ status: z.enum(['EXPORTING', 'PAUSED', 'SOFT_PAUSED', 'MIXED']) });
type ExportingStatus = z.infer<typeof exportingStatus>['status'];

/** The replicas of every broker that the configuration gives access to, and what REST says of all of them. */
export async function readReplicas(brokers: Management[], rest?: Management): Promise<Replicas> {
  const [views, together] = await Promise.all([readBrokers(brokers), rest && readTogether(rest)]);
  return replicasIn(views, together);
}

export function replicasIn(views: BrokerView[], together: Replicas['together']): Replicas {
  const all = views.flatMap(({ replicas }) => replicas);
  return {
    read: all.map(({ broker, partition, phase }) => ({ broker, partition, phase })),
    unread: views.flatMap(({ broker, error }) => (error ? [broker] : [])),
    together,
  };
}

/** Undefined where it is not there (before 8.10), or not known now. */
export async function readTogether(rest: Management): Promise<Replicas['together']> {
  const path = 'exporting';
  try {
    const answer = await rest.ask('GET', path);
    if (answer.status !== 200) return undefined;
    return { url: rest.url(path), status: rest.read('GET', path, answer, exportingStatus).status };
  } catch (error) {
    if (isBackupError(error, ...noAnswer, 'UnexpectedAnswer')) return undefined;
    throw error;
  }
}

/** What says whether a replica exports. */
const telling = ['EXPORTING', 'PAUSED', 'SOFT_PAUSED'];

/**
 * What is not known of the phases, as sentences; none where every partition was read, or where REST tells of all of
 * them. CLOSED is a change of roles, and the next look shows what comes of it; any other word is of a later version.
 */
export function unknownOf({ read, unread, together }: Replicas, partitionCount: number): string[] {
  if (together) return [];
  const seen = new Set(read.map(({ partition }) => partition));
  const all = Array.from({ length: partitionCount }, (_, index) => index + 1);
  return [
    ...unread.map((url) => `${url} could not be read`),
    ...all
      .filter((partition) => !seen.has(partition))
      .map((partition) => `partition ${partition} was not seen`),
    ...read.filter(({ phase }) => !telling.includes(phase)).map(phaseOf),
  ];
}

/** Every replica that does one of `phases`, as sentences; also what REST says of all of them together. */
export function replicasThat({ read, together }: Replicas, ...phases: string[]): string[] {
  return [
    ...read.filter(({ phase }) => phases.includes(phase)).map(phaseOf),
    ...(together && phases.includes(together.status)
      ? [`exporting is ${together.status} (${together.url})`]
      : []),
  ];
}

const phaseOf = ({ partition, phase, broker }: Replica) => `partition ${partition} is ${phase} (${broker})`;

/** How well a pause or a resume is known. */
export type Proof =
  /** Every partition was read back in the wanted phase. */
  | 'proven'
  /** The call answered that it worked; this cluster does not show all phases. */
  | 'answered';

/**
 * Compares what was read back with what was wanted. Throws `failure` where a replica contradicts it, and where this
 * cluster shows all phases (`provable`) and something is not known now: it is to be asked again.
 */
export function proofOf(
  replicas: Replicas,
  { partitions: count, provable }: { partitions: number; provable: boolean },
  wanted: 'EXPORTING' | 'SOFT_PAUSED',
  failure: 'PauseFailed' | 'ResumeFailed',
): Proof {
  const others = [...telling, 'MIXED'].filter((phase) => phase !== wanted);
  const contradictions = replicasThat(replicas, ...others);
  if (contradictions.length > 0) {
    throw new BackupError(failure, `Zeebe answered that it worked, but ${contradictions.join(', ')}`);
  }
  const unknown = unknownOf(replicas, count);
  if (unknown.length === 0) return 'proven';
  if (!provable) return 'answered';
  throw new BackupError(
    failure,
    `Zeebe answered that it worked, which is not proven yet: ${unknown.join(', ')}`,
    { remedy: 'Bring the missing brokers back; it is asked again until then.' },
  );
}

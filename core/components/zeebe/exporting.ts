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
 * Pauses and resumes exporting, and reads back the result. Up to 8.9 both calls answer HTTP 200 even if they failed;
 * only `status` in the body tells. 8.10 answers 204.
 * https://docs.camunda.io/docs/self-managed/components/orchestration-cluster/zeebe/operations/management-api/
 */
const wrapper = z.object({ status: z.number() });

/**
 * The pause is always soft, because a hard pause after a soft one corrupts the partition's state.
 * https://github.com/camunda/camunda/issues/55838
 */
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
    // The remedy never suggests to pause by hand, because no backup would end such a pause.
    remedy:
      path === resumePath
        ? resumeByHand(zeebe.address)
        : `Check that every broker is there and every partition has a leader (GET ${zeebe.url('cluster')}), and start again.`,
  });
}

function reason(zeebe: Management, path: string, answer: HttpAnswer): string {
  if (answer.status !== 200 || isHtml(answer)) return zeebe.refused('POST', path, answer).message;
  const inner = wrapper.safeParse(parseJson(answer.text));
  const status = inner.success ? inner.data.status : 'none';
  return `${zeebe.url(path)} answered 200 with the inner status ${status}: ${serverMessage(answer) ?? 'nothing more'}`;
}

/** One replica of a partition and its exporter phase. */
export interface Replica {
  broker: string;
  partition: number;
  /** The server's own word, such as SOFT_PAUSED. */
  phase: string;
}

export interface Replicas {
  /** The replicas that were read. */
  read: Replica[];
  /** The addresses that could not be read. Their replicas are not known. */
  unread: string[];
  /** The state of all replicas together, if the REST API reports it. */
  together?: { url: string; status: ExportingStatus } | undefined;
}

/** The answer to `GET /v2/exporting`, from 8.10 on. MIXED means that the replicas are in different phases. */
const exportingStatus = z.object({ status: z.enum(['EXPORTING', 'PAUSED', 'SOFT_PAUSED', 'MIXED']) });
type ExportingStatus = z.infer<typeof exportingStatus>['status'];

/** Reads the replicas of all configured brokers, and the state of all replicas together from the REST API. */
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

/** Reads the state of all replicas together; undefined if the endpoint is missing (before 8.10) or does not answer. */
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

/** The phases that show whether a replica exports. */
const telling = ['EXPORTING', 'PAUSED', 'SOFT_PAUSED'];

/**
 * Lists the unknown phases, as sentences. The list is empty if every partition was read, or if the REST API reports all
 * of them. A phase CLOSED belongs to a change of roles and ends soon; other phases come from later versions.
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

/** Lists the replicas in one of `phases`, as sentences, and the state from the REST API if it is one of them. */
export function replicasThat({ read, together }: Replicas, ...phases: string[]): string[] {
  return [
    ...read.filter(({ phase }) => phases.includes(phase)).map(phaseOf),
    ...(together && phases.includes(together.status)
      ? [`exporting is ${together.status} (${together.url})`]
      : []),
  ];
}

const phaseOf = ({ partition, phase, broker }: Replica) => `partition ${partition} is ${phase} (${broker})`;

/** How certain a pause or a resume is. */
export type Proof =
  /** Every partition was read back in the wanted phase. */
  | 'proven'
  /** The call answered that it worked, but this cluster does not show all phases. */
  | 'answered';

/**
 * Compares the phases that were read back with the wanted phase. Throws `failure` if a replica contradicts it, or if a
 * phase is unknown although this cluster can show all phases (`provable`). Then the caller asks again.
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
    { remedy: 'Bring the missing brokers back; camunda-backup asks again until then.' },
  );
}

import * as z from 'zod';
import { BackupError, type ErrorName, isBackupError } from '../errors.ts';
import type { HttpAnswer } from '../http.ts';
import { parseJson } from '../json.ts';
import { isHtml, serverMessage } from './answers.ts';
import type { Management } from './management.ts';

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
    remedy: `By hand: curl -X POST '${zeebe.url(path)}' (the answer's "status" must be 204).`,
  });
}

function reason(zeebe: Management, path: string, answer: HttpAnswer): string {
  if (answer.status !== 200 || isHtml(answer)) return zeebe.refused('POST', path, answer).message;
  const inner = wrapper.safeParse(parseJson(answer.text));
  const status = inner.success ? inner.data.status : 'none';
  return `${zeebe.url(path)} answered 200 with the inner status ${status}: ${serverMessage(answer) ?? 'nothing more'}`;
}

/** What one replica of a partition does with its records. */
const phase = z.enum(['EXPORTING', 'PAUSED', 'SOFT_PAUSED', 'CLOSED']);
export type ExporterPhase = z.infer<typeof phase>;

/** `GET /actuator/partitions`: this broker's replicas, by partition id. */
const partitions = z.record(z.string().regex(/^\d+$/), z.object({ exporterPhase: phase }));

export interface Replica {
  broker: string;
  partition: number;
  phase: ExporterPhase;
}

export interface Replicas {
  /** Those that could be read. */
  read: Replica[];
  /** Whether every broker could be asked: not known is not the same as resumed. */
  complete: boolean;
}

/**
 * The replicas of every broker that the configuration gives access to. A broker that has no such endpoint (a
 * standalone gateway) or could not be asked is left out.
 */
export async function readReplicas(brokers: Management[]): Promise<Replicas> {
  const answers = await Promise.all(brokers.map(replicasOf));
  const known = answers.filter((replicas) => replicas !== undefined);
  return { read: known.flat(), complete: known.length === brokers.length };
}

async function replicasOf(broker: Management): Promise<Replica[] | undefined> {
  const path = 'partitions';
  try {
    const answer = await broker.ask('GET', path);
    if (answer.status !== 200) return undefined;
    const found = broker.read('GET', path, answer, partitions);
    return Object.entries(found).map(([partition, { exporterPhase }]) => ({
      broker: broker.url(path),
      partition: Number(partition),
      phase: exporterPhase,
    }));
  } catch (error) {
    if (isBackupError(error, 'Unreachable', 'UnexpectedAnswer')) return undefined;
    throw error;
  }
}

/** How well a pause or a resume is known. */
export type Proof =
  /** Every partition was read back in the wanted phase. */
  | 'proven'
  /** The call answered that it worked; the phases could not all be read. */
  | 'answered';

/** Compares what was read back with what was wanted. Throws `failure` where a replica contradicts it. */
export function proofOf(
  { read, complete }: Replicas,
  partitionCount: number,
  wanted: 'EXPORTING' | 'SOFT_PAUSED',
  failure: 'PauseFailed' | 'ResumeFailed',
): Proof {
  const others = read.filter(({ phase }) => phase !== wanted && phase !== 'CLOSED');
  if (others.length > 0) {
    const list = others.map(
      ({ partition, phase, broker }) => `partition ${partition} is ${phase} (${broker})`,
    );
    throw new BackupError(failure, `Zeebe answered that it worked, but ${list.join(', ')}`);
  }
  const good = read.filter(({ phase }) => phase === wanted);
  const seen = new Set(good.map(({ partition }) => partition));
  return complete && good.length === read.length && seen.size === partitionCount ? 'proven' : 'answered';
}

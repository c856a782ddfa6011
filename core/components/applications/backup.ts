import * as z from 'zod';
import { isMissingEndpoint, serverMessage } from '../../connect/answers.ts';
import { curl } from '../../connect/by-hand.ts';
import type { HttpAnswer } from '../../connect/http.ts';
import type { Management } from '../../connect/management.ts';
import { BackupError } from '../../errors.ts';
import { continuable, type ToldId, toldId } from '../backup-id.ts';
import {
  beginning,
  type Component,
  type ComponentState,
  type Part,
  readTimestamp,
  sortById,
  stateIn,
  strangeWord,
} from '../component.ts';
import { describeManaged } from '../managed.ts';
import type { ApplicationTarget } from './target.ts';

/**
 * The applications that keep their data in the search engine: the web applications of 8.8 and later (`backupHistory`),
 * Operate and Tasklist before 8.8 (`backups` on each), and Optimize. They share one protocol and differ only in their
 * error answers, which `dialects` describes as data. Many of those are not documented; recordings/ has real ones.
 * https://docs.camunda.io/docs/8.9/self-managed/operational-guides/backup-restore/webapps-backup/
 * https://docs.camunda.io/docs/8.6/self-managed/operational-guides/backup-restore/operate-tasklist-backup/
 * https://docs.camunda.io/docs/self-managed/operational-guides/backup-restore/optimize-backup
 */
const backupInfo = z.object({
  backupId: toldId,
  state: z.string(),
  failureReason: z.string().nullish(),
  details: z
    .array(
      z.object({
        snapshotName: z.string(),
        state: z.string().nullish(),
        startTime: z.string().nullish(),
        failures: z.array(z.unknown()).nullish(),
      }),
    )
    .nullish(),
});

const listed = z.array(
  backupInfo.pick({ backupId: true, state: true }).extend({
    // The beginning is only shown, so a form that is not known does no harm.
    details: z
      .array(z.object({ startTime: z.string().nullish() }))
      .nullish()
      .catch(undefined),
  }),
);

/** The answer is 200 with the scheduled snapshots, or 202 with only a message (Optimize). */
const accepted = z.object({ scheduledSnapshots: z.array(z.string()).optional() });

interface Dialect {
  /** Answers to a GET of an id that the application does not know. */
  unknown: { status: number; says: RegExp }[];
  /** Answers to a GET of an id whose snapshots are being taken. */
  running: { status: number; says: RegExp }[];
  /** Answers to a start under an id that the application already has. */
  existing: { status: number; says: RegExp }[];
}

const anyWords = /^/;
const already = { status: 400, says: /already exists/i };

export const dialects: Record<ApplicationTarget['component'], Dialect> = {
  webApplications: {
    unknown: [{ status: 404, says: /no backup with id/i }],
    running: [],
    existing: [already, { status: 409, says: anyWords }],
  },
  operate: {
    unknown: [
      { status: 404, says: /no backup with id/i },
      { status: 400, says: /^(|Index 0 out of bounds.*)$/i },
    ],
    // On OpenSearch, Operate answers this as long as a snapshot runs.
    running: [{ status: 400, says: /exception occurred when searching for backup/i }],
    existing: [already],
  },
  tasklist: {
    unknown: [
      { status: 404, says: /no backup with id/i },
      { status: 500, says: /^internal server error$/i },
    ],
    running: [],
    existing: [already],
  },
  optimize: {
    unknown: [{ status: 404, says: anyWords }],
    running: [],
    existing: [{ status: 409, says: anyWords }, already],
  },
};

/**
 * Tasklist's client library for OpenSearch fails with this error if a snapshot has a failed shard without a node. Then
 * Tasklist can neither report that backup nor list any (recorded from 8.6.0), but it can still take and delete backups.
 */
const failedShard = /SnapshotShardFailure/;
const cannotTellOfOne = /exception occurred when searching for backup with id/i;

export function application(server: Management, target: ApplicationTarget): Component {
  const { path } = target;
  const dialect = dialects[target.component];
  const deleteCall = (id: ToldId) => curl('DELETE', server.url(`${path}/${id}`), target);
  return {
    describe: () => describeManaged(target),

    async start(backupId) {
      const answer = await server.ask('POST', path, { backupId });
      if (answer.status === 200 || answer.status === 202) {
        const { scheduledSnapshots } = server.read('POST', path, answer, accepted);
        return { answer: 'accepted', scheduledSnapshots };
      }
      if (matches(dialect.existing, answer.status, serverMessage(answer))) return { answer: 'already there' };
      throw server.refused('POST', path, answer);
    },

    async check(backupId) {
      const one = `${path}/${backupId}`;
      const answer = await server.ask('GET', one);
      const says = serverMessage(answer);
      if (answer.status !== 200 && !isMissingEndpoint(answer)) {
        if (matches(dialect.running, answer.status, says)) return { state: 'IN_PROGRESS', parts: [] };
        if (matches(dialect.unknown, answer.status, says)) return { state: 'ABSENT', parts: [] };
      }
      if (cannotTellOfOne.test(says ?? '')) {
        const list = await server.ask('GET', path);
        if (hidesFailedShard(list)) return { state: 'FAILED', parts: [], failureReason: serverMessage(list) };
      }
      if (answer.status !== 200) throw server.refused('GET', one, answer);
      const info = server.read('GET', one, answer, backupInfo.extend({ backupId: z.literal(backupId) }));
      const parts = (info.details ?? []).map(snapshotPart).sort((a, b) => a.name.localeCompare(b.name));
      return {
        state: stateIn(states, info.state),
        failureReason: info.failureReason ?? strangeWord(info.state, states),
        parts,
        expectedParts: partCount(parts[0]?.name),
      };
    },

    async list() {
      const answer = await server.ask('GET', path);
      if (hidesFailedShard(answer)) {
        const { message } = server.refused('GET', path, answer);
        throw new BackupError(
          'ListUnreadable',
          `${message} (a snapshot of one of its backups has a failed shard)`,
          {
            status: answer.status,
            remedy:
              'Delete that backup. The search engine shows which one it is (GET _snapshot/REPOSITORY/_all: a state other than SUCCESS); then DELETE /actuator/backups/ID.',
          },
        );
      }
      if (answer.status !== 200) throw server.refused('GET', path, answer);
      const list = server.read('GET', path, answer, listed);
      return sortById(
        list.map((info) => ({
          backupId: continuable(
            info.backupId,
            `${server.component} at ${server.url(path)} has`,
            `If that backup is not needed, delete it: ${deleteCall(info.backupId)}; then start again.`,
          ),
          state: stateIn(states, info.state),
          ...beginning((info.details ?? []).map(({ startTime }) => startTime)),
        })),
      );
    },

    async delete(backupId) {
      const one = `${path}/${backupId}`;
      const answer = await server.ask('DELETE', one);
      const gone = answer.status === 404 && /no backup with id/i.test(serverMessage(answer) ?? '');
      if (answer.status === 204 || gone) return;
      throw server.refused('DELETE', one, answer);
    },

    deleteCall,
  };
}

function hidesFailedShard(list: HttpAnswer): boolean {
  return list.status === 500 && failedShard.test(serverMessage(list) ?? '');
}

function matches(answers: { status: number; says: RegExp }[], status: number, says = ''): boolean {
  return answers.some((answer) => answer.status === status && answer.says.test(says));
}

function snapshotPart(detail: NonNullable<z.infer<typeof backupInfo>['details']>[number]): Part {
  const failures = detail.failures ?? [];
  return {
    name: detail.snapshotName,
    state: detail.state ?? 'UNKNOWN',
    startedAt: readTimestamp(detail.startTime),
    failure: failures.length > 0 ? failures.map((failure) => String(failure)).join('; ') : undefined,
  };
}

const states: Partial<Record<string, ComponentState>> = {
  COMPLETED: 'COMPLETED',
  // Optimize's documentation uses this word in one place and COMPLETED in the others.
  COMPLETE: 'COMPLETED',
  IN_PROGRESS: 'IN_PROGRESS',
  FAILED: 'FAILED',
  INCOMPLETE: 'INCOMPLETE',
  INCOMPATIBLE: 'INCOMPATIBLE',
};

/** `camunda_operate_1748937221_8.7.2_part_1_of_6` → 6 */
function partCount(name: string | undefined): number | undefined {
  const found = /_part_\d+_of_(\d+)$/.exec(name ?? '');
  return found ? Number(found[1]) : undefined;
}

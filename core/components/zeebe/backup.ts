import * as z from 'zod';
import { serverMessage } from '../../connect/answers.ts';
import { curl } from '../../connect/by-hand.ts';
import type { Management } from '../../connect/management.ts';
import { BackupError } from '../../errors.ts';
import { parseJson } from '../../json.ts';
import { continuable, idIn, largestId, type ToldId, toldId } from '../backup-id.ts';
import {
  beginning,
  type Component,
  type ComponentState,
  firstPartitions,
  type Part,
  readTimestamp,
  sortById,
  stateIn,
  strangeWord,
} from '../component.ts';
import { describeManaged } from '../managed.ts';
import type { ZeebeTarget } from './target.ts';

/**
 * The backups of Zeebe's partitions, at `/actuator/backupRuntime` from 8.8 on and at `/actuator/backups` before.
 * https://docs.camunda.io/docs/8.9/self-managed/operational-guides/backup-restore/zeebe-backup-and-restore/
 */
const backupInfo = z.object({
  backupId: toldId,
  state: z.string(),
  failureReason: z.string().nullish(),
  details: z.array(
    z.object({
      partitionId: z.number(),
      state: z.string(),
      failureReason: z.string().nullish(),
      createdAt: z.string().nullish(),
      lastUpdatedAt: z.string().nullish(),
      snapshotId: z.string().nullish(),
      checkpointPosition: z.union([z.number(), z.bigint()]).nullish(),
      brokerVersion: z.string().nullish(),
    }),
  ),
});

/** Of the partitions, a list needs only the states and the beginnings. */
const listed = z.array(
  backupInfo.pick({ backupId: true, state: true }).extend({
    // They only explain the state, so a form that is not known does no harm.
    details: z
      .array(z.object({ partitionId: z.number(), state: z.string(), createdAt: z.string().nullish() }))
      .nullish()
      .catch(undefined),
  }),
);

const accepted = z.object({ message: z.string() });

export function zeebe(server: Management, target: ZeebeTarget): Component {
  const { path, partitions: partitionCount = 0 } = target;
  const deleteCall = (id: ToldId) => curl('DELETE', server.url(`${path}/${id}`), target);
  const list = async (at: string) => {
    const answer = await server.ask('GET', at);
    if (answer.status !== 200) throw server.refused('GET', at, answer);
    const list = server.read('GET', at, answer, listed);
    return sortById(
      list.map((info) => ({
        backupId: idOf(info.backupId, server.url(path), deleteCall),
        state: stateIn(states, info.state),
        ...beginning((info.details ?? []).map(({ createdAt }) => createdAt)),
        ...firstPartitions(
          (info.details ?? []).toSorted((a, b) => a.partitionId - b.partitionId).map(({ state }) => state),
        ),
      })),
    );
  };
  return {
    describe: () => ({
      ...describeManaged(target),
      ...(target.partitions === undefined ? {} : { partitions: target.partitions }),
    }),

    async start(backupId) {
      const answer = await server.ask('POST', path, { backupId });
      if (answer.status === 202 || answer.status === 200) {
        server.read('POST', path, answer, accepted);
        return { answer: 'accepted' };
      }
      if (answer.status !== 409) throw server.refused('POST', path, answer);
      // The brokers compare the id with their own state, not with the store. Ids of failed and deleted backups count.
      const latest = latestCheckpoint(serverMessage(answer));
      if (latest === backupId) return { answer: 'already there' };
      const { message } = server.refused('POST', path, answer);
      const { status } = answer;
      if (latest === undefined) {
        // Some partitions may have accepted the id already, even if the topology shows no scaling any more.
        throw new BackupError('RefusedForNow', message, {
          status,
          remedy:
            'Back up again when the scaling of the partitions has ended. It may last a little longer than GET /actuator/cluster shows.',
        });
      }
      throw new BackupError('BackupIdRefused', message, { status, remedy: remedyAbove(latest) });
    },

    async check(backupId) {
      const one = `${path}/${backupId}`;
      const answer = await server.ask('GET', one);
      if (answer.status === 404 && isUnknownId(answer.text)) {
        return { state: 'ABSENT', parts: [], expectedParts: partitionCount };
      }
      if (answer.status !== 200) throw server.refused('GET', one, answer);
      const info = server.read('GET', one, answer, backupInfo.extend({ backupId: z.literal(backupId) }));
      return {
        state: stateIn(states, info.state),
        failureReason: info.failureReason ?? strangeWord(info.state, states),
        parts: info.details
          .map(partitionPart)
          .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })),
        expectedParts: partitionCount,
      };
    },

    list: () => list(path),

    // Zeebe lists backups by a prefix of their ids from 8.8 on.
    ...(path === 'backupRuntime' ? { listSome: (near) => list(`${path}/${prefixOf(near)}*`) } : {}),

    async delete(backupId) {
      const one = `${path}/${backupId}`;
      const answer = await server.ask('DELETE', one);
      if (answer.status !== 204 && answer.status !== 404) throw server.refused('DELETE', one, answer);
    },

    deleteCall,
  };
}

/**
 * Returns a prefix of the ids close to `near`. It selects about twelve days if ids are seconds since 1970, and one day
 * if they are dates of 14 digits.
 */
function prefixOf(near: number): string {
  const digits = String(near);
  return digits.slice(0, Math.max(1, digits.length - 6));
}

function partitionPart(detail: z.infer<typeof backupInfo>['details'][number]): Part {
  return {
    name: `partition ${detail.partitionId}`,
    state: detail.state,
    startedAt: readTimestamp(detail.createdAt),
    endedAt: readTimestamp(detail.lastUpdatedAt),
    failure: detail.failureReason ?? undefined,
    brokerVersion: detail.brokerVersion ?? undefined,
    checkpointPosition: exactly(detail.checkpointPosition ?? undefined),
    snapshotId: detail.snapshotId ?? undefined,
  };
}

/** Returns the position as a text if a number would be rounded. */
function exactly(position: number | bigint | undefined): number | string | undefined {
  return typeof position === 'bigint' ? String(position) : position;
}

const states: Partial<Record<string, ComponentState>> = {
  COMPLETED: 'COMPLETED',
  IN_PROGRESS: 'IN_PROGRESS',
  FAILED: 'FAILED',
  INCOMPLETE: 'INCOMPLETE',
  INCOMPATIBLE: 'INCOMPATIBLE',
  DOES_NOT_EXIST: 'ABSENT',
  DELETED: 'ABSENT',
};

/** `Requested backup has id 300. The latest backup has id 302. Id of new backups must be higher …` */
function latestCheckpoint(message: string | undefined): ToldId | undefined {
  return idIn(/latest backup has id (\d+)/.exec(message ?? '')?.[1]);
}

/** The latest id may belong to a deleted or failed backup, which no list contains. */
function remedyAbove(latest: ToldId): string {
  return latest < largestId
    ? `Start again with the id ${Number(latest) + 1} or a higher one; later ids continue from there automatically.`
    : `Find out who makes such ids: camunda-backup makes none above ${largestId}. ${brokersCount}`;
}

/** Checks an id of Zeebe's list. `url` is the address of that list. */
function idOf(id: ToldId, url: string, deleteCall: (id: ToldId) => string): number {
  const byHand = `If that backup was not taken by these brokers, delete it: ${deleteCall(id)}. ${brokersCount}`;
  return continuable(id, `Zeebe at ${url} has`, byHand);
}

const brokersCount =
  'Brokers that have taken a backup under such an id accept only higher ids from then on, even after the backup is deleted: only the tool that made it can back up this cluster.';

/** The 404 for a missing backup has a message; the 404 for a missing endpoint has none. */
function isUnknownId(text: string): boolean {
  return z.object({ message: z.string() }).safeParse(parseJson(text)).success;
}

import type { CourseKind } from '../faults/faults.ts';
import { actuator, empty, problem, springError } from '../http/answers.ts';
import type { Answer, Request } from '../http/http.ts';
import type { Settings } from '../options.ts';
import { backupIdIn } from './backup-id.ts';
import type { Brokers } from './brokers.ts';
import { runtimeEndpoint } from './discovery.ts';
import { BackupStoreError, type ZeebeBackups } from './zeebe-backup.ts';

const NO_STORE =
  'Cannot process backup requests. No backup store is configured. To use this feature, configure backup in broker configuration.';

/** The recorded durations of calls that waited for a broker that had just died, and for one that had long been dead. */
const JUST_DEAD_MS = 8_600;
const LONG_DEAD_MS = 15_000;

/** Serves Zeebe's backups at `/actuator/backups`, or at `/actuator/backupRuntime` from 8.8 on. */
export function zeebeEndpoint(
  settings: Settings,
  backups: ZeebeBackups,
  brokers: Brokers,
  nextCourse: () => CourseKind | undefined,
) {
  const badRequest = (path: string): Answer =>
    settings.camunda === '8.5'
      ? problem(400, path, 'Failed to read request')
      : springError(400, path, settings.clock.now());

  const refuse = (request: Request, status: number, message: string): Answer =>
    actuator(request, status, { message });

  /** The delayed error answer if a partition has no leader; undefined if all have one. */
  async function unreachable(request: Request, whenJustDead: [number, string]): Promise<Answer | undefined> {
    if (brokers.everyPartitionIsLed(settings.partitions)) return undefined;
    const justDead = brokers.isUnnoticed();
    if (settings.deadBrokersAreSlow) {
      await settings.clock.sleep(justDead ? JUST_DEAD_MS : LONG_DEAD_MS, request.gone);
    }
    const late = 'Request from gateway to broker timed out. Request timed out after PT15S';
    return justDead ? refuse(request, ...whenJustDead) : refuse(request, 504, late);
  }

  const incomplete = (): [number, string] => {
    const living = brokers.alive().length > 0 ? settings.partitions - leaderless() : 0;
    return [502, `Expected to find ${settings.partitions} partitions, but found only ${living} partitions`];
  };

  const leaderless = () =>
    Array.from({ length: settings.partitions }, (_, index) => brokers.leaderOf(index + 1)).filter(
      (leader) => leader === undefined,
    ).length;

  /** The answer, or 500 if the backup store fails. */
  async function fromStore(request: Request, answer: () => Promise<Answer>): Promise<Answer> {
    try {
      return await answer();
    } catch (error) {
      if (error instanceof BackupStoreError) return refuse(request, 500, error.message);
      throw error;
    }
  }

  async function start(request: Request, path: string): Promise<Answer> {
    if (!/\bjson\b/.test(request.header('content-type') ?? '')) {
      const accepted =
        'application/vnd.spring-boot.actuator.v3+json, application/vnd.spring-boot.actuator.v2+json, application/json';
      const answer = springError(415, path, settings.clock.now());
      return { ...answer, headers: { ...answer.headers, Accept: accepted } };
    }
    const asked = backupIdIn(request.body);
    if (asked.found !== 'id') return badRequest(path);
    if (!settings.storeConfigured) return refuse(request, 400, NO_STORE);
    if (asked.id <= 0) return refuse(request, 400, 'A backupId must be provided and it must be > 0');
    const closed =
      'Channel [id: 0x9d3075c5, L:/127.0.0.1:38198] for address 127.0.0.1:26511 was closed unexpectedly before the request was handled';
    const dead = await unreachable(request, [500, closed]);
    if (dead) return dead;
    const latest = backups.checkpoint;
    if (asked.id <= latest) {
      return refuse(
        request,
        409,
        `Requested backup has id ${asked.id}. The latest backup has id ${latest}. ` +
          'Id of new backups must be higher than the previous one. ',
      );
    }
    await backups.take(asked.id, nextCourse());
    return actuator(request, 202, {
      // In the documentation of 8.8 the message of the new endpoint also contains the old path.
      message: `A backup with id ${asked.id} has been scheduled. Use GET actuator/backups/${asked.id} to monitor the status.`,
      ...(settings.camunda === '8.9' && { backupId: asked.id }),
    });
  }

  async function list(request: Request): Promise<Answer> {
    if (!settings.storeConfigured) return refuse(request, 400, NO_STORE);
    const dead = await unreachable(request, incomplete());
    return dead ?? fromStore(request, async () => actuator(request, 200, await backups.list()));
  }

  async function check(request: Request, path: string, text: string): Promise<Answer> {
    const modern = settings.orchestrationCluster;
    if (modern && /^\d+\*$/.test(text)) {
      const prefix = text.slice(0, -1);
      const dead = await unreachable(request, incomplete());
      return (
        dead ??
        fromStore(request, async () => {
          const listed = await backups.list();
          return actuator(
            request,
            200,
            listed.filter((info) => String(info.backupId).startsWith(prefix)),
          );
        })
      );
    }
    if (!/^-?\d+$/.test(text)) {
      return modern
        ? refuse(request, 400, `Expected a backup ID or prefix ending with '*', but got '${text}'`)
        : badRequest(path);
    }
    if (!settings.storeConfigured) return refuse(request, 400, NO_STORE);
    const dead = await unreachable(request, incomplete());
    if (dead) return dead;
    return fromStore(request, async () => {
      const info = await backups.info(Number(text));
      if (info === undefined) return refuse(request, 404, `Backup with id ${text} does not exist`);
      return actuator(request, 200, info);
    });
  }

  async function remove(request: Request, path: string, text: string): Promise<Answer> {
    if (!/^-?\d+$/.test(text)) return badRequest(path);
    if (!settings.storeConfigured) return refuse(request, 400, NO_STORE);
    const dead = await unreachable(request, incomplete());
    if (dead) return dead;
    return fromStore(request, async () => {
      await backups.delete(Number(text)); // the answer is 204 even if the backup was missing or still running
      return empty(204);
    });
  }

  return { id: runtimeEndpoint(settings), start, list, check, remove };
}

import type { CourseKind } from '../faults/faults.ts';
import { empty, errorInstance, json, prettyPrinted, springError } from '../http/answers.ts';
import type { Answer, Request } from '../http/http.ts';
import type { Settings } from '../options.ts';
import { backupIdIn } from './backup-id.ts';
import type { PartBackups } from './part-backups.ts';
import { type BackupEndpoint, servedAnew } from './web-application.ts';

/** Serves Tasklist's backups up to 8.7. Unlike Operate, it answers 500 and 502 instead of 400 and pretty-prints JSON. */
export function tasklistEndpoint(
  settings: Settings,
  backups: PartBackups,
  nextCourse: () => CourseKind | undefined,
): BackupEndpoint {
  const refuse = (status: number, message: string): Answer => {
    const instance = status === 400 || status === 404 ? errorInstance() : null;
    return json(status, { status, message, instance }, 'application/problem+json');
  };
  const spring = (status: number, request: Request) =>
    springError(status, request.path.slice(settings.basePath.length), settings.clock.now());

  const searching = 'while searching for snapshots. Repository name:';
  const retrieving = 'while retrieving repository with name';

  async function unavailable(doing: string): Promise<Answer | undefined> {
    const { repository } = settings;
    const availability = await backups.availability();
    if (availability === 'engine down') {
      return refuse(502, `Encountered an error connecting to Elasticsearch ${doing} [${repository}].`);
    }
    if (availability === 'repository missing')
      return refuse(500, `No repository with name [${repository}] could be found.`);
    return undefined;
  }

  function idIn(request: Request, text: string): number | Answer {
    if (!/^-?\d+$/.test(text)) return spring(400, request);
    return Number(text) < 0 ? negative(text) : Number(text);
  }

  const negative = (id: string | number) =>
    refuse(400, `BackupId must be a non-negative Long. Received value: ${id}`);

  async function start(request: Request): Promise<Answer> {
    const asked = backupIdIn(request.body);
    if (asked.found === 'nothing') return refuse(400, 'BackupId must be provided');
    if (asked.found !== 'id') return spring(400, request);
    if (asked.id < 0) return negative(asked.id);
    const refused = await unavailable(retrieving);
    if (refused) return refused;
    if (backups.isBusy) return refuse(400, 'Another backup is running at the moment');
    const found = await backups.foundSnapshots(asked.id);
    if (found !== '') {
      return refuse(400, `A backup with ID [${asked.id}] already exists. Found snapshots: [${found}]`);
    }
    return json(200, { scheduledSnapshots: await backups.start(asked.id, nextCourse()) });
  }

  async function check(request: Request, text: string): Promise<Answer> {
    const id = idIn(request, text);
    if (typeof id === 'object') return id;
    const refused = await unavailable(searching);
    if (refused) return refused;
    if (await isUnreadable(id))
      return refuse(500, `Exception occurred when searching for backup with ID [${id}].`);
    const info = await backups.info(id);
    if (info !== undefined) return json(200, info);
    return isOnOpenSearch ? refuse(404, `No backup with id [${id}] found.`) : spring(500, request);
  }

  async function list(): Promise<Answer> {
    const refused = await unavailable(searching);
    if (refused) return refused;
    const readable = await Promise.all((await backups.ids()).map(async (id) => !(await isUnreadable(id))));
    if (readable.every(Boolean)) return json(200, await backups.list());
    return refuse(
      500,
      "Exception occurred when searching for backups: Missing required property 'SnapshotShardFailure.nodeId'",
    );
  }

  const isOnOpenSearch = settings.search === 'opensearch';
  /** The client library cannot read a failure without a node. */
  const isUnreadable = async (id: number) => isOnOpenSearch && (await backups.hasShardWithoutNode(id));

  async function remove(request: Request, text: string): Promise<Answer> {
    const id = idIn(request, text);
    if (typeof id === 'object') return id;
    const refused = await unavailable(retrieving);
    if (refused) return refused;
    await backups.delete(id);
    return empty(204);
  }

  return servedAnew({
    start: async (request) => prettyPrinted(await start(request)),
    check: async (request, id) => prettyPrinted(await check(request, id)),
    list: async () => prettyPrinted(await list()),
    delete: async (request, id) => prettyPrinted(await remove(request, id)),
  });
}

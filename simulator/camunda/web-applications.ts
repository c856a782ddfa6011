import type { CourseKind } from '../faults/faults.ts';
import { actuator, empty, springError } from '../http/answers.ts';
import type { Answer, Request } from '../http/http.ts';
import type { Settings } from '../options.ts';
import { fits } from '../search/name-patterns.ts';
import { backupIdIn } from './backup-id.ts';
import type { PartBackups } from './part-backups.ts';
import { type BackupEndpoint, servedAnew } from './web-application.ts';

/** Serves `backupHistory` of 8.8 and later. This follows the documentation and the source, not recordings. */
export function webApplicationsEndpoint(
  settings: Settings,
  backups: PartBackups,
  nextCourse: () => CourseKind | undefined,
): BackupEndpoint {
  const refuse = (request: Request, status: number, message: string) =>
    actuator(request, status, { message });

  async function unavailable(request: Request, doing: string): Promise<Answer | undefined> {
    const { repository } = settings;
    const availability = await backups.availability();
    if (availability === 'engine down') {
      return refuse(
        request,
        502,
        `Encountered an error connecting to Elasticsearch while ${doing} [${repository}].`,
      );
    }
    if (availability === 'repository missing') {
      return refuse(request, 404, `No repository with name [${repository}] could be found.`);
    }
    return undefined;
  }

  const notFound = (request: Request, id: number) => refuse(request, 404, `No backup with id [${id}] found.`);

  const badPath = (request: Request) =>
    springError(400, request.path.slice(settings.basePath.length), settings.clock.now());

  return servedAnew({
    async start(request) {
      const asked = backupIdIn(request.body);
      if (asked.found !== 'id') return badPath(request);
      if (asked.id <= 0) {
        return refuse(
          request,
          400,
          `BackupId must be a non-negative Long greater than 0. Received value: ${asked.id}`,
        );
      }
      const refused = await unavailable(request, 'retrieving repository with name');
      if (refused) return refused;
      const found = await backups.foundSnapshots(asked.id);
      if (found !== '') {
        return refuse(
          request,
          400,
          `A backup with ID [${asked.id}] already exists. Found snapshots: [${found}]`,
        );
      }
      if (backups.isBusy) return refuse(request, 400, 'Another backup is running at the moment');
      return actuator(request, 200, { scheduledSnapshots: await backups.start(asked.id, nextCourse()) });
    },

    async check(request, text) {
      if (!/^-?\d+$/.test(text)) return badPath(request);
      const refused = await unavailable(request, 'searching for snapshots. Repository name:');
      if (refused) return refused;
      const info = await backups.info(Number(text));
      return info === undefined ? notFound(request, Number(text)) : actuator(request, 200, info);
    },

    async list(request) {
      const refused = await unavailable(request, 'searching for snapshots. Repository name:');
      if (refused) return refused;
      const pattern = request.query.get('pattern') ?? '*';
      const infos = (await backups.list()).filter((info) => fits([pattern], String(info.backupId)));
      if (request.query.get('verbose') !== 'false') return actuator(request, 200, infos);
      // Without metadata every backup looks incomplete: https://github.com/camunda/camunda/issues/59901
      const wrong = infos.map((info) => ({ ...info, state: 'INCOMPLETE' }));
      return actuator(request, 200, wrong);
    },

    async delete(request, text) {
      if (!/^-?\d+$/.test(text)) return badPath(request);
      const refused = await unavailable(request, 'retrieving repository with name');
      if (refused) return refused;
      return (await backups.delete(Number(text))) ? empty(204) : notFound(request, Number(text));
    },
  });
}

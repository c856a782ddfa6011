import type { CourseKind } from '../faults/faults.ts';
import { empty, json } from '../http/answers.ts';
import type { Answer } from '../http/http.ts';
import type { Settings } from '../options.ts';
import { backupIdIn } from './backup-id.ts';
import type { PartBackups } from './part-backups.ts';
import { type BackupEndpoint, servedAnew } from './web-application.ts';

/** Serves Optimize's backups in every version. This follows the documentation and the source, not recordings. */
export function optimizeEndpoint(
  settings: Settings,
  backups: PartBackups,
  nextCourse: () => CourseKind | undefined,
): BackupEndpoint {
  const refuse = (status: number, errorCode: string, errorMessage: string, detailedMessage: string) =>
    json(status, { errorCode, errorMessage, detailedMessage, reportDefinition: null });

  const badRequest = (detail: string) => refuse(400, 'badRequestError', 'The request is not valid.', detail);

  async function unavailable(): Promise<Answer | undefined> {
    const availability = await backups.availability();
    if (availability === 'engine down') {
      return refuse(
        502,
        'elasticsearchConnectionError',
        'Optimize could not connect to the database.',
        'Encountered an error connecting to the database while retrieving the snapshot repository.',
      );
    }
    if (availability === 'repository missing') {
      return refuse(
        500,
        'snapshotRepositoryDoesNotExist',
        'The snapshot repository does not exist.',
        `No repository with name [${settings.repository}] could be found.`,
      );
    }
    return undefined;
  }

  return servedAnew({
    async start(request) {
      const asked = backupIdIn(request.body);
      if (asked.found !== 'id') return badRequest('A backupId must be provided');
      if (asked.id < 0) return badRequest(`backupId must be greater than or equal to 0, was ${asked.id}`);
      const refused = await unavailable();
      if (refused) return refused;
      const found = await backups.foundSnapshots(asked.id);
      if (found !== '') {
        return refuse(
          409,
          'conflictError',
          'The backup could not be created because of a conflict.',
          `A backup with ID [${asked.id}] already exists. Found snapshots: [${found}]`,
        );
      }
      await backups.start(asked.id, nextCourse());
      return json(202, {
        message:
          `Backup creation for ID ${asked.id} has been scheduled. ` +
          'Use the GET API to monitor completion of backup process',
      });
    },

    async check(_request, text) {
      if (!/^-?\d+$/.test(text)) return badRequest(`${text} is not a backup id`);
      const refused = await unavailable();
      if (refused) return refused;
      const info = await backups.info(Number(text));
      if (info !== undefined) return json(200, info);
      return refuse(
        404,
        'notFoundError',
        'The requested resource was not found.',
        `No Optimize backup with ID [${text}] could be found.`,
      );
    },

    list: async () => (await unavailable()) ?? json(200, await backups.list()),

    async delete(_request, text) {
      if (!/^-?\d+$/.test(text)) return badRequest(`${text} is not a backup id`);
      const refused = await unavailable();
      if (refused) return refused;
      await backups.delete(Number(text));
      return empty(204);
    },
  });
}

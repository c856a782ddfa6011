import type { CourseKind } from '../faults/faults.ts';
import { empty, errorInstance, json } from '../http/answers.ts';
import type { Answer } from '../http/http.ts';
import type { Settings } from '../options.ts';
import { backupIdIn } from './backup-id.ts';
import type { PartBackups } from './part-backups.ts';
import { type BackupEndpoint, servedAnew } from './web-application.ts';

const NO_BODY =
  'Required request body is missing: public io.camunda.operate.webapp.management.dto.TakeBackupResponseDto ' +
  'io.camunda.operate.webapp.management.BackupController.takeBackup(io.camunda.operate.webapp.management.dto.TakeBackupRequestDto)';

/** After this many exceptions the JVM omits their messages. Both bodies were recorded. */
const EXCEPTIONS_WITH_MESSAGE = 5;

/** Serves Operate's backups up to 8.7. Nearly every error is a 400, and only the messages differ. */
export function operateEndpoint(
  settings: Settings,
  backups: PartBackups,
  nextCourse: () => CourseKind | undefined,
): BackupEndpoint {
  let unknownIds = 0;

  const refuse = (message: string | null, status = 400): Answer =>
    json(
      status,
      { status, message, instance: errorInstance(), type: 'Invalid request' },
      'application/problem+json',
    );

  const searching = 'while searching for snapshots. Repository name:';
  const retrieving = 'while retrieving repository with name';

  async function unavailable(doing: string): Promise<Answer | undefined> {
    const { repository } = settings;
    const availability = await backups.availability();
    if (availability === 'engine down') {
      return refuse(`Encountered an error connecting to Elasticsearch ${doing} [${repository}].`);
    }
    if (availability === 'repository missing')
      return refuse(`No repository with name [${repository}] could be found.`);
    return undefined;
  }

  function idIn(text: string): number | Answer {
    if (!/^-?\d+$/.test(text)) {
      return refuse(
        "Failed to convert value of type 'java.lang.String' to required type 'java.lang.Long'; " +
          `For input string: "${text}"`,
      );
    }
    return Number(text) < 0 ? negative(text) : Number(text);
  }

  const negative = (id: string | number) =>
    refuse(`BackupId must be a non-negative Integer. Received value: ${id}`);

  return servedAnew({
    async start(request) {
      const asked = backupIdIn(request.body);
      if (asked.found === 'no body') return refuse(NO_BODY);
      if (asked.found === 'nothing') return refuse('BackupId must be provided');
      if (asked.found === 'not JSON') {
        return refuse('JSON parse error: Unexpected end-of-input within/between Object entries');
      }
      if (asked.found === 'not a number') {
        return refuse(
          `JSON parse error: Cannot deserialize value of type \`java.lang.Long\` from String "${asked.value}": ` +
            'not a valid `java.lang.Long` value',
        );
      }
      if (asked.id < 0) return negative(asked.id);
      const refused = await unavailable(retrieving);
      if (refused) return refused;
      const found = await backups.foundSnapshots(asked.id);
      if (found !== '') {
        return refuse(`A backup with ID [${asked.id}] already exists. Found snapshots: [${found}]`);
      }
      if (backups.isBusy) return refuse('Another backup is running at the moment');
      return json(200, { scheduledSnapshots: await backups.start(asked.id, nextCourse()) });
    },

    async check(_request, text) {
      const id = idIn(text);
      if (typeof id === 'object') return id;
      const refused = await unavailable(searching);
      if (refused) return refused;
      const info = await backups.info(id);
      if (settings.search === 'opensearch') {
        if (info === undefined) return refuse(`No backup with id [${id}] found.`, 404);
        if (info.state === 'IN_PROGRESS') {
          return refuse(`Exception occurred when searching for backup with ID [${id}].`);
        }
      }
      if (info !== undefined) return json(200, info);
      unknownIds += 1;
      return refuse(unknownIds <= EXCEPTIONS_WITH_MESSAGE ? 'Index 0 out of bounds for length 0' : null);
    },

    list: async () => (await unavailable(searching)) ?? json(200, await backups.list()),

    async delete(_request, text) {
      const id = idIn(text);
      if (typeof id === 'object') return id;
      const refused = await unavailable(retrieving);
      if (refused) return refused;
      await backups.delete(id);
      return empty(204);
    },
  });
}

import { backupRequest } from '../core/backup/request.ts';
import { functions } from '../lambdas/backup/index.ts';
import definition from './backup.asl.json' with { type: 'json' };
import { procedure } from './procedure.ts';

/** The procedure that backs up a whole cluster. */
export const backup = procedure({
  name: 'Backup',
  description: 'Consistent backups of Camunda 8 clusters',
  definition,
  functions,
  input: backupRequest,
});

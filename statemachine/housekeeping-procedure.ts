import { verifyRequest } from '../core/verify/request.ts';
import { functions } from '../lambdas/housekeeping/index.ts';
import definition from './housekeeping.asl.json' with { type: 'json' };
import { procedure } from './procedure.ts';

/** The procedure that verifies backups on a stack. */
export const housekeeping = procedure({
  name: 'Housekeeping',
  description: 'Verifications of backups of Camunda 8 clusters',
  definition,
  functions,
  input: verifyRequest,
});

import * as z from 'zod';
import { chooseBackups } from '../../core/verify/in-parts.ts';
import { verifyRequest } from '../../core/verify/request.ts';
import { type FunctionDefinition, smallMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/** ChooseBackups: `{ request, runId }` → `{ cluster, readData, runs, omitted }`, a run for each backup. */
export const work = handler(
  z.strictObject({ request: verifyRequest, runId: z.string() }),
  async ({ request, runId }, context) => {
    const { backups, omitted } = await chooseBackups(request, context);
    const { cluster, readData } = request;
    return { cluster, readData, runs: backups.map((backupId) => ({ cluster, backupId, runId })), omitted };
  },
  { strictly: 'request' },
);

export const definition: FunctionDefinition = {
  file: 'housekeeping/choose-backups.ts',
  description: 'Lists the backups that are to be verified',
  // It reads a manifest for each backup that the ledger has.
  timeoutSeconds: 80,
  memoryMegabytes: smallMemory,
  needs: ['configuration', 'listOfBackups', 'listOfCluster'],
  ledger: { read: ['lock', 'manifest'], write: [] },
};

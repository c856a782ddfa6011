/** What the tests of `repair` share: what it prints, what it may change, and what runs have left. */
import assert from 'node:assert/strict';
import * as z from 'zod';
import type { Manifest } from '../../../core/ledger/manifest.ts';
import type { Ended } from '../../support/command.ts';
import { assertCode, type Bench } from '../harness.ts';

const repairResult = z.strictObject({
  format: z.literal(1),
  cluster: z.literal('test'),
  dryRun: z.boolean(),
  ok: z.boolean(),
  lock: z
    .strictObject({
      repaired: z.boolean(),
      runId: z.string().nullable(),
      owner: z.string().nullable(),
      backupId: z.number().nullable(),
      exporting: z.enum(['not-paused', 'answered', 'proven', 'unknown']),
      copy: z.null(),
    })
    .nullable(),
  orphans: z.array(z.strictObject({ backupId: z.number(), runId: z.string(), startedAt: z.string() })),
  leftovers: z.array(
    z.strictObject({
      component: z.string(),
      backupId: z.number(),
      state: z.string(),
      kind: z.enum(['ours', 'unproven', 'complete', 'foreign', 'unknown']),
      why: z.string(),
      whatToDo: z.string(),
      deleted: z.boolean(),
    }),
  ),
  unknown: z.array(z.string()),
  exporting: z.strictObject({
    state: z.enum(['EXPORTING', 'PAUSED', 'UNKNOWN']).nullable(),
    pause: z.enum(['explained', 'unexplained', 'unknown']).nullable(),
    replicas: z.array(z.strictObject({ partition: z.number(), phase: z.string(), address: z.string() })),
    together: z.strictObject({ phase: z.string(), address: z.string() }).nullable(),
    unknown: z.array(z.string()),
    resumed: z.enum(['proven', 'answered']).nullable(),
    record: z.string().nullable(),
  }),
  problems: z.array(
    z.strictObject({ error: z.string(), message: z.string(), remedy: z.string().optional() }),
  ),
});

/** All of stdout: everything else has to be on stderr. */
export const resultOf = ({ stdout }: Ended) => repairResult.parse(JSON.parse(stdout));

export const names = ['zeebe', 'webApplications', 'optimize', 'records'] as const;
export const idsIn = (on: Bench) => names.map((name) => on.simulator.backupIds(name));
export const changes = (on: Bench) => on.simulator.calls().filter(({ method }) => method !== 'GET');
export const deletes = (on: Bench) => changes(on).filter(({ method }) => method === 'DELETE');

/** The manifest of a run that has left nothing else. */
export function orphan(backupId: number, rest: Partial<Manifest> = {}): Manifest {
  return {
    format: 1,
    cluster: 'test',
    backupId,
    runId: 'local-lost',
    reason: 'test',
    state: 'RUNNING',
    startedAt: '2026-11-21T09:00:00.000Z',
    order: 'PAUSE_FIRST',
    expectedComponents: ['zeebe'],
    components: [],
    exporting: { leftPaused: false },
    warnings: [],
    ...rest,
  };
}

/** A backup that failed in Zeebe, after everything else was taken. */
export async function failedBackup(on: Bench, id: number) {
  on.simulator.order({ component: 'zeebe', kind: { failed: { reason: 'disk full' } } });
  assertCode(await on.run('--id', `${id}`).ended, 1);
  assert.deepEqual(
    idsIn(on).map((ids) => ids.includes(id)),
    [true, true, true, true],
  );
}

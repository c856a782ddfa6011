import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import * as z from 'zod';
import { functions } from '../../lambdas/backup/index.ts';
import { readInput } from '../../lambdas/input.ts';
import { run, target } from '../core/backup/world.ts';
import { call, setUp, thrownByCall } from './call.ts';
import { limits, records, zeebe } from './inputs.ts';

const withLogin = { ...zeebe, auth: { username: 'backup', password: { env: 'PASSWORD' } } };
const progress = {
  state: 'IN_PROGRESS',
  startedAt: '2026-11-21T09:00:00.000Z',
  nextCheckAt: '2026-11-21T09:00:01.000Z',
  partsDone: 0,
};
const failure = { Error: 'ComponentBackupFailed', Cause: 'No space left' };

const inputs: Record<string, object> = {
  PauseExporting: { run, target },
  ResumeExporting: { run, target },
  StartComponentBackup: { run, target: withLogin, limits },
  CheckComponentBackup: { run, target: withLogin, limits, progress },
  StartRecordsBackup: { run, target: records, limits },
  CheckRecordsBackup: { run, target: records, limits, progress },
  DescribeSnapshots: { run },
  CompleteBackup: { run },
  DeleteFailedBackup: { run, targets: [withLogin, records] },
};

/** A field that no version knows in every object, but for the references of secrets. */
function newer(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(newer);
  if (typeof value !== 'object' || value === null) return value;
  if ('env' in value) return value;
  const fields = Object.entries(value).map(([key, one]) => [key, newer(one)]);
  return { ...Object.fromEntries(fields), newer: true };
}

async function resultOf(name: string, input: unknown) {
  const { context } = await setUp();
  const [result] = await Promise.allSettled([call(name, input, context)]);
  return result.status === 'fulfilled' ? result.value : String(result.reason);
}

for (const name of Object.keys(functions)) {
  const input = inputs[name];
  if (input === undefined) continue;
  test(`${name} does the same with an input of a newer version, whose fields it does not know`, async () => {
    const result = await resultOf(name, input);
    assert.doesNotMatch(String(result), /input of this state is wrong/);
    assert.deepEqual(await resultOf(name, newer(input)), result);
  });
}

test('RecordFailure finds the plan of a newer version, with which it goes on to another try', async () => {
  const { context } = await setUp();
  const plan = await call('PrepareBackup', { request: { cluster: 'production' }, runId: 'run-1' }, context);
  const passing = { ...failure, Error: 'ComponentBackupInterrupted' };
  const state = newer({ ...z.looseObject({}).parse(plan), failure: passing });
  const output = await call('RecordFailure', { state, runId: 'run-1' }, context);
  assert.match(JSON.stringify(output), /"TRY_AGAIN"/);
});

test('PrepareBackup ignores unknown fields beside the request, and refuses them in what a person has typed', async () => {
  const { context } = await setUp();
  const request = { cluster: 'production' };
  const skipped = await call('PrepareBackup', { request, runId: 'run-2', newer: true }, context);
  assert.match(JSON.stringify(skipped), /"outcome":"SKIPPED"/);
  const typed = { request: { ...request, reson: 'before the upgrade' }, runId: 'run-2' };
  const error = await thrownByCall('PrepareBackup', typed, context);
  assert.equal(error.name, 'ConfigurationError');
  assert.match(error.message, /"reson"/);
});

test('A field that is missing or wrong is refused also beside unknown ones', () => {
  const schema = z.strictObject({ run: z.strictObject({ id: z.int() }) });
  for (const raw of [
    { newer: true },
    { run: { newer: true } },
    { run: { id: 'one', newer: true }, newer: 1 },
  ]) {
    assert.equal(readInput(schema, raw).success, false);
  }
  assert.deepEqual(readInput(schema, { run: { id: 1, newer: 2 }, newer: 3 }).data, { run: { id: 1 } });
});

import assert from 'node:assert/strict';
import type { Context } from '../../core/context.ts';
import { functions } from '../../lambdas/backup/index.ts';
import { holdLock } from '../core/backup/world.ts';
import { cluster88, yaml88 } from '../core/fake-cluster.ts';
import { fakeSearch, testContext } from '../core/fakes.ts';

/** Calls a function as the state machine does: plain JSON in, plain JSON out. */
export async function call(name: string, input: unknown, context: Context): Promise<unknown> {
  const [, found] = Object.entries(functions).find(([key]) => key === name) ?? [];
  assert(found, `there is no ${name}`);
  const output = await found.work(JSON.parse(JSON.stringify(input)), context);
  assert.deepEqual(JSON.parse(JSON.stringify(output)), output);
  return output;
}

export async function thrownByCall(name: string, input: unknown, context: Context): Promise<Error> {
  const [result] = await Promise.allSettled([call(name, input, context)]);
  assert(result.status === 'rejected' && result.reason instanceof Error, `${name} did not fail`);
  return result.reason;
}

/** A cluster of 8.8 whose lock a run holds. */
export async function setUp() {
  const fake = cluster88();
  const search = fakeSearch();
  const context = testContext({ yaml: yaml88, http: fake.http, search });
  await holdLock(context);
  return { fake, search, context };
}

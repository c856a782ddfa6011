import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { describe, test } from '@jest/globals';
import { type EngineOptions, startExecution } from '../../cli/local/engine.ts';
import type { Observation } from '../../cli/screen/observation.ts';
import { reportVerification } from '../../core/verify/report.ts';
import { verifyBackup } from '../../core/verify/verify.ts';
import { functions } from '../../lambdas/housekeeping/index.ts';
import { housekeeping } from '../../statemachine/housekeeping-procedure.ts';
import { textOf } from '../../statemachine/states.ts';
import { someOwner, type TestContext } from '../core/fakes.ts';
import { backupId, cluster, contents, contextOf, judged, type World, world } from '../core/verify/world.ts';

interface Validation {
  isValid: boolean;
  errorsText: () => string;
}
// asl-validator brings no types.
const validate: (definition: unknown, options: object) => Validation = createRequire(import.meta.url)(
  'asl-validator',
);

test('The definition of housekeeping is valid Amazon States Language', () => {
  // The functions' names are put in at deployment.
  const filled = textOf(housekeeping.definition).replaceAll(
    /\$\{(\w+)\}/g,
    'arn:aws:lambda:eu-central-1:111122223333:function:$1',
  );
  const { isValid, errorsText } = validate(JSON.parse(filled), { checkPaths: true, checkArn: true });
  assert(isValid, errorsText());
});

test('Every function of housekeeping is called by its definition', () => {
  const called = new Set(housekeeping.tasks.map(({ functionName }) => functionName));
  assert.deepEqual([...called].sort(), Object.keys(functions).sort());
});

/**
 * Runs the machine in this process, without its waits. Files are really read meanwhile, so time limits do not pass: on the
 * clock of the tests they would be over at once.
 */
async function run(context: TestContext, input: object, around?: EngineOptions['around']) {
  const seen: Observation[] = [];
  const { clock } = context;
  const sleep = clock.sleep.bind(clock);
  clock.sleep = async (milliseconds, signal) => {
    await (signal ? once(signal, 'abort') : sleep(milliseconds));
  };
  const running = startExecution({
    procedure: housekeeping,
    context,
    runId: 'run-1',
    input,
    observe: (observation) => seen.push(observation),
    ...(around ? { around } : {}),
    retryIntervalOverrides: Object.fromEntries(housekeeping.tasks.map(({ state }) => [state, 0])),
  });
  return { outcome: await running.result, called: seen.filter(({ type }) => type === 'called') };
}

const recorded = (context: TestContext) => context.ledger.readVerification(cluster, backupId);

async function bothWays(change: (changed: World) => void, readData = true) {
  const worlds = [world(), world()] as const;
  for (const one of worlds) change(one);
  const [here, onStack] = await Promise.all(worlds.map(contextOf));
  assert(here && onStack);
  const by = { runId: 'verification-1', owner: someOwner };
  const verified = await verifyBackup(cluster, backupId, { readData, by }, here);
  const { verification: expected } = await reportVerification(verified, here);
  const { outcome, called } = await run(onStack, { cluster, verify: 'latest', readData });
  assert.equal(outcome.status, 'SUCCEEDED', JSON.stringify(outcome));
  return { expected, outcome, called, context: onStack, found: await recorded(onStack) };
}

describe('A verification on a stack comes to the same as one in a process', () => {
  for (const { what, change, readData } of [
    { what: 'a right backup', change: () => undefined, readData: true },
    { what: 'a right backup whose contents are not read', change: () => undefined, readData: false },
    {
      what: 'a flipped bit in a file of a snapshot',
      change: ({ files }: World) => {
        files[`${contents(1)}snapshot/000012.sst`] = '123456788';
      },
      readData: true,
    },
    {
      what: 'a part that Zeebe does not have any more',
      change: ({ snapshots }: World) => void snapshots.splice(0, 1),
      readData: false,
    },
    {
      what: 'a store that is not there, although its contents are to be read',
      change: (one: World) => {
        one.store = () => '{ folder: /nowhere/at/all }';
      },
      readData: true,
    },
  ]) {
    test(what, async () => {
      const { expected, found } = await bothWays(change, readData);
      const withoutFolder = (of: object | undefined) =>
        JSON.stringify(of).replaceAll(/\/[^\s"]*zeebe-store[^\s"/]*|\/tmp\/[^\s"/]+\/?[^\s"/]*/g, 'FOLDER');
      assert.equal(withoutFolder(found), withoutFolder(expected));
    });
  }
});

test('The output names each backup with its verdict and its document, and the mark of use is gone', async () => {
  const { outcome, called, context } = await bothWays(() => undefined);
  assert(outcome.status === 'SUCCEEDED');
  assert.deepEqual(outcome.output, {
    cluster,
    readData: true,
    runs: [{ cluster, backupId, runId: 'run-1' }],
    omitted: 0,
    verified: [
      {
        backupId,
        verdict: 'proven',
        document: `memory:production/backups/${backupId}/verification.json`,
      },
    ],
  });
  assert.deepEqual(
    called.map(({ state }) => state),
    ['ChooseBackups', 'PlanVerification', 'ReadPart', 'ConcludeVerification'],
  );
  assert.equal((await context.ledger.lookForUse(cluster, backupId)).inUse, undefined);
});

test('The backup is marked as in use by the execution while its parts are read', async () => {
  const context = await contextOf(world());
  let during: string | undefined;
  const { renewUse } = context.ledger;
  context.ledger.renewUse = async (...mark) => {
    during ??= context.store.documents.get(`production/backups/${backupId}/use.json`);
    return renewUse(...mark);
  };
  await run(context, { cluster, verify: backupId, readData: true });
  assert.match(during ?? '', /"runId": "run-1"/);
});

test('A part whose function fails makes its files unknown, and everything else is verified', async () => {
  const context = await contextOf(world());
  const { outcome } = await run(context, { cluster, verify: backupId, readData: true }, (input, call) => {
    if (JSON.stringify(input).includes('"part":')) throw new TypeError('the function died');
    return call();
  });
  assert.equal(outcome.status, 'SUCCEEDED');
  const found = await recorded(context);
  assert(found);
  assert.match(judged(found, 'data').join(), /^unknown: The contents of 4 files .* TypeError/);
  assert.deepEqual(
    found.judgements.filter(({ name, verdict }) => name !== 'data' && verdict !== 'proven'),
    [],
  );
});

describe('An execution fails with the name of the error', () => {
  for (const { what, input, error } of [
    {
      what: 'A cluster that is not configured',
      input: { cluster: 'other', verify: 'latest' },
      error: 'ConfigurationError',
    },
    { what: 'A misspelt request', input: { cluster, verify: 'newest' }, error: 'ConfigurationError' },
  ]) {
    test(what, async () => {
      const { outcome } = await run(await contextOf(world()), input);
      assert(outcome.status === 'FAILED', JSON.stringify(outcome));
      assert.equal(outcome.error, error);
    });
  }
});

import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { startExecution } from '../../cli/local/engine.ts';
import type { Observation } from '../../cli/screen/observation.ts';
import { secondsBeforeRetry } from '../../cli/screen/retries.ts';
import { backup } from '../../statemachine/backup-procedure.ts';
import { procedure, startInput } from '../../statemachine/procedure.ts';
import { testContext } from '../core/fakes.ts';
import { text } from './definition.ts';
import { greeting } from './greeting.ts';

async function greet(input: object) {
  const seen: Observation[] = [];
  const running = startExecution({
    procedure: greeting,
    context: testContext(),
    runId: 'run-1',
    input,
    observe: (observation) => seen.push(observation),
    waitTimeOverrides: { WaitForAWhile: 0 },
  });
  return { outcome: await running.result, seen };
}

test('The engine runs a second procedure, with the functions of that one', async () => {
  const { outcome, seen } = await greet({ whom: 'Ada' });
  assert.deepEqual(outcome, { status: 'SUCCEEDED', output: { greeting: 'Good morning, Ada' } });
  assert.deepEqual(
    seen.map(({ state, function: called, type }) => ({ state, called, type })),
    [
      { state: 'Greet', called: 'Greet', type: 'called' },
      { state: 'Greet', called: 'Greet', type: 'answered' },
    ],
  );
});

test('An execution of a second procedure fails with the error of its function', async () => {
  const { outcome } = await greet({ whom: '' });
  assert(outcome.status === 'FAILED');
  assert.equal(outcome.error, 'ConfigurationError');
});

test('A display finds the tasks, the retries and the waits of a procedure in it, and none of another one', () => {
  assert.deepEqual(
    greeting.tasks.map(({ state, functionName, timeoutSeconds }) => ({
      state,
      functionName,
      timeoutSeconds,
    })),
    [{ state: 'Greet', functionName: 'Greet', timeoutSeconds: 60 }],
  );
  assert.deepEqual(greeting.waits, { WaitForAWhile: 30 });
  assert.equal(secondsBeforeRetry(greeting, 'Greet', 'Unreachable', {}), 2);
  assert.equal(secondsBeforeRetry(greeting, 'PrepareBackup', 'Unreachable', {}), undefined);
  assert.equal(secondsBeforeRetry(backup, 'PrepareBackup', 'Unreachable', {}), 2);
});

test('A procedure is refused whose definition calls a function that it does not have', () => {
  assert.throws(
    () => procedure({ ...greeting, functions: {} }),
    /^Error: Greeting: Greet calls Greet, which does not exist$/,
  );
});

test('The input of an execution is refused where the procedure would refuse it', () => {
  assert.equal(startInput(greeting, { whom: 'Ada' }), '{"whom":"Ada"}');
  assert.throws(() => startInput(greeting, { cluster: 'production' }), /whom/);
});

test('The procedure of a backup has the definition that is checked in', () => {
  assert.deepEqual(backup.definition, JSON.parse(text));
});

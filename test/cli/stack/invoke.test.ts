import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import * as z from 'zod';
import { invoke } from '../../../cli/stack/invoke.ts';
import { BackupError } from '../../../core/errors.ts';
import { failureOf, TestClock } from '../../core/fakes.ts';
import { refusal } from '../../support/mock-aws.ts';
import { type FunctionReply, fakeAws, recorded } from './fakes.ts';

const arn = 'arn:aws:lambda:us-east-1:000000000000:function:look';

/** A call of a function that replies as told, the last reply again and again. */
async function call(...replies: (FunctionReply | Error)[]) {
  const aws = fakeAws(recorded('busy'));
  const clock = new TestClock();
  const began = clock.now();
  const said: string[] = [];
  let calls = 0;
  aws.functions[arn] = () => {
    const reply = replies[Math.min(calls, replies.length - 1)];
    calls += 1;
    if (reply instanceof Error) throw reply;
    assert(reply);
    return reply;
  };
  const answer = invoke(
    {
      stack: 'camunda-backup',
      name: 'Look',
      arn,
      input: { cluster: 'production' },
      answer: z.object({ seen: z.string() }),
    },
    { aws, clock, say: (text) => said.push(text) },
  );
  const [result] = await Promise.allSettled([answer]);
  return { result, said, calls, seconds: (clock.now() - began) / 1000, input: aws.called[0]?.input };
}

async function error(...replies: (FunctionReply | Error)[]) {
  const { result, ...rest } = await call(...replies);
  assert(result.status === 'rejected' && result.reason instanceof BackupError);
  return { error: result.reason, ...rest };
}

describe('The call of a function of a stack', () => {
  test('A function is called once with its input, and its answer is read', async () => {
    const { result, said, calls, input } = await call({ answer: { seen: 'all is well' } });
    assert.deepEqual(result, { status: 'fulfilled', value: { seen: 'all is well' } });
    assert.deepEqual({ said, calls, input }, { said: [], calls: 1, input: { cluster: 'production' } });
  });

  test('An answer with fields of a newer version is read, and the person is told that there is more', async () => {
    const { result, said } = await call({ answer: { seen: 'well', aFieldOfTheNextVersion: true } });
    assert.deepEqual(result, { status: 'fulfilled', value: { seen: 'well' } });
    assert.deepEqual(said, [
      'The stack camunda-backup answers more than this version of camunda-backup can show: a newer version has deployed it.',
    ]);
  });

  test('An answer that this version cannot read is refused, with the versions to use', async () => {
    const { error: refused } = await error({ answer: { looked: 1 } });
    assert.equal(refused.name, 'UnexpectedAnswer');
    assert.match(refused.message, /^The answer of the function Look .* cannot be read by this version: /);
    assert.match(refused.remedy ?? '', /^Use the version of camunda-backup that has deployed the stack/);
  });

  test('The error that a function threw has its name, its message and its remedy', async () => {
    const { error: thrown } = await error({
      thrown: { errorType: 'SecretUnavailable', errorMessage: 'No secret\nWhat to do: Give one.' },
    });
    assert.deepEqual(
      { name: thrown.name, message: thrown.message, remedy: thrown.remedy },
      { name: 'SecretUnavailable', message: 'No secret', remedy: 'Give one.' },
    );
  });

  for (const { what, reply } of [
    {
      what: 'by its name',
      reply: {
        errorType: 'Sandbox.Timedout',
        errorMessage: 'RequestId: 1 Error: Task timed out after 170.00 seconds',
      },
    },
    {
      what: 'by its message',
      reply: { errorMessage: '2026-11-21T09:00:00Z 1 Task timed out after 170.00 seconds' },
    },
  ]) {
    test(`A function that ran out of time is known ${what}, and what it may have waited for is named`, async () => {
      const { error: late } = await error({ thrown: reply });
      assert.equal(late.name, 'Unreachable');
      assert.equal(late.message, 'The function Look did not end within its time limit');
      assert.match(late.remedy ?? '', /log of the function Look.*endpoints.*The command can be repeated\.$/);
    });
  }

  test('A function that crashed is an error that names it, with its own words', async () => {
    const { error: crashed } = await error({
      thrown: { errorType: 'Runtime.ExitError', errorMessage: 'signal: killed' },
    });
    assert.equal(crashed.message, 'The function Look failed: Runtime.ExitError signal: killed');
  });

  test('A stack of an older version has no such function, which is said before any call', async () => {
    const aws = fakeAws(recorded('busy'));
    const called = { stack: 'old', name: 'Look', arn: undefined, input: {}, answer: z.unknown() };
    const missing = await failureOf(invoke(called, { aws, clock: new TestClock(), say: () => undefined }));
    assert.equal(missing.name, 'ConfigurationError');
    assert.match(missing.message, /^The stack old has no function Look: an older version/);
    assert.deepEqual(aws.called, []);
  });

  test('A function that sleeps is called again until it is awake, and the person is told once why it takes long', async () => {
    const asleep = refusal({ name: 'ResourceNotReadyException', message: 'inactive', status: 502 });
    const pending = refusal({ name: 'ResourceConflictException', message: 'Pending', status: 409 });
    const { result, said, calls } = await call(asleep, pending, pending, { answer: { seen: 'awake' } });
    assert.equal(result.status, 'fulfilled');
    assert.equal(calls, 4);
    assert.deepEqual(said, [
      'The function Look is not ready (ResourceNotReadyException); this may take a few minutes.',
    ]);
  });

  test('A function that stays asleep for five minutes is given up', async () => {
    const asleep = refusal({ name: 'ResourceNotReadyException', message: 'inactive', status: 502 });
    const { error: gone, seconds } = await error(asleep);
    assert.match(gone.message, /inactive/);
    assert.ok(seconds >= 295 && seconds <= 330, `${seconds} s`);
  });

  test('A call that may have begun is not made a second time', async () => {
    const { error: lost, calls } = await error(
      refusal({ name: 'ServiceException', message: 'no', status: 500 }),
    );
    assert.equal(lost.name, 'ServerTrouble');
    assert.equal(calls, 1);
  });
});

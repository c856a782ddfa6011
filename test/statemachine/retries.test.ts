import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import * as z from 'zod';
import { errorNames } from '../../core/error-names.ts';
import { allStates, json, retriedForSeconds } from './definition.ts';

const tasks = allStates.filter(([, { Type }]) => Type === 'Task');

describe('the errors that the definition names', () => {
  const matched = allStates.flatMap(([name, { Retry, Catch }]) =>
    [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals.map((error) => ({ name, error }))),
  );

  test('Every error that a state matches has a name that exists', () => {
    for (const { name, error } of matched) {
      assert(
        error in errorNames || /^(States|Lambda|Sandbox|Runtime)\./.test(error),
        `${name} matches ${error}`,
      );
    }
  });

  test('States.ALL stands alone and last in every Retry and Catch', () => {
    for (const [name, { Retry, Catch }] of allStates) {
      for (const list of [Retry, Catch]) {
        for (const [index, { ErrorEquals }] of list.entries()) {
          if (!ErrorEquals.includes('States.ALL')) continue;
          assert.deepEqual(ErrorEquals, ['States.ALL'], name);
          assert.equal(index, list.length - 1, name);
        }
      }
    }
  });

  test('An error that repeating cannot mend is repeated in no state, but in a resume and where the end is written down', () => {
    const passes = [
      'Unreachable',
      'ServerTrouble',
      'LedgerError',
      'ComponentBusy',
      'PauseFailed',
      'ResumeFailed',
      'ResumeUnwritten',
      'AlertFailed',
    ];
    const final = Object.values(errorNames).filter((name) => !passes.includes(name));
    // What has come to an end is written down, also where somebody has to free a disk for it.
    const writesTheEnd = ['CompleteBackup', 'RecordFailure', 'TellFailure'];
    for (const [name, { Retry, Parameters }] of tasks) {
      const repeated = Retry.filter(({ MaxAttempts }) => MaxAttempts > 0).flatMap((one) => one.ErrorEquals);
      assert.deepEqual(
        repeated.filter((error) => final.some((name) => name === error)),
        [
          ...(writesTheEnd.includes(name) ? ['LedgerUnusable'] : []),
          // For a while, and not for 46 minutes: exporting is resumed.
          ...(Parameters?.FunctionName === `\${ResumeExporting}` ? ['ResumeUnwritable'] : []),
        ],
        name,
      );
      if (Parameters?.FunctionName !== `\${ResumeExporting}`) assert(!repeated.includes('States.ALL'), name);
    }
  });

  test('Every Task repeats for five minutes or longer, first of all, what Lambda reports of a function that sleeps or is crowded', () => {
    // https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
    const sleeping = [
      'ResourceNotReadyException',
      'ENINotReadyException',
      'EC2ThrottledException',
      'EC2UnexpectedException',
      'SubnetIPAddressLimitReachedException',
      'ENILimitReachedException',
      'ResourceConflictException',
      'TooManyRequestsException',
      'ServiceException',
      'AWSLambdaException',
      'SdkClientException',
      'ClientExecutionTimeoutException',
      'Unknown',
    ].map((name) => `Lambda.${name}`);
    for (const [name, { Retry }] of tasks) {
      for (const error of [...sleeping, 'Runtime.ExitError']) {
        const first = Retry.find(
          ({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes('States.ALL'),
        );
        assert(first, `${name} does not repeat ${error}`);
        assert(retriedForSeconds(first) >= 300, `${name} repeats ${error} for ${retriedForSeconds(first)} s`);
        if (!first.ErrorEquals.includes('States.ALL')) assert.equal(Retry.indexOf(first), 0, name);
      }
    }
  });

  test('No error is matched by two retriers of a state: the second one would never be used', () => {
    for (const [name, { Retry }] of tasks) {
      const errors = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
      assert.deepEqual(errors.toSorted(), [...new Set(errors)].sort(), name);
    }
  });

  test('A state whose function is deleted is not repeated, and a resume for two minutes at most: the watchdog resumes', () => {
    for (const [name, { Retry, Parameters }] of tasks) {
      const found = Retry.find(({ ErrorEquals }) => ErrorEquals.includes('Lambda.ResourceNotFoundException'));
      assert.equal(found !== undefined, Parameters?.FunctionName === `\${ResumeExporting}`, name);
      if (found) assert(retriedForSeconds(found) <= 120, name);
    }
  });

  test('Retriers and catchers have only the fields that the developer guide of Step Functions names', () => {
    const fields = z.record(
      z.string(),
      z.object({
        Retry: z.array(z.record(z.string(), z.unknown())).default([]),
        Catch: z.array(z.record(z.string(), z.unknown())).default([]),
        ItemProcessor: z.object({ States: z.unknown() }).optional(),
      }),
    );
    const check = (states: unknown): void => {
      for (const [name, { Retry, Catch, ItemProcessor }] of Object.entries(fields.parse(states))) {
        for (const field of Retry.flatMap((one) => Object.keys(one)))
          assert.match(
            field,
            /^(ErrorEquals|IntervalSeconds|MaxAttempts|BackoffRate|MaxDelaySeconds)$/,
            name,
          );
        for (const field of Catch.flatMap((one) => Object.keys(one)))
          assert.match(field, /^(ErrorEquals|ResultPath|Next)$/, name);
        if (ItemProcessor) check(ItemProcessor.States);
      }
    };
    check(z.object({ States: z.unknown() }).parse(json).States);
  });

  test('Every Task repeats the errors that may pass', () => {
    for (const [name, { Retry }] of tasks) {
      const errors = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
      if (errors.includes('States.ALL')) continue;
      for (const error of [
        'Unreachable',
        'ServerTrouble',
        'LedgerError',
        'States.Timeout',
        'Sandbox.Timedout',
      ]) {
        assert(errors.includes(error), `${name} does not repeat ${error}`);
      }
    }
  });
});

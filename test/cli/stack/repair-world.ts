/** What the tests of `repair --stack` share: a stack whose functions work on a ledger and a cluster in memory. */
import * as z from 'zod';
import type { Ask } from '../../../cli/screen/confirm.ts';
import { repairOnStack } from '../../../cli/stack/repair.ts';
import type { Context } from '../../../core/context.ts';
import type { Handler } from '../../../lambdas/handler.ts';
import { work as deleteLeftovers } from '../../../lambdas/operator/delete-leftovers.ts';
import { work as repairCluster } from '../../../lambdas/operator/repair-cluster.ts';
import type { TestContext } from '../../core/fakes.ts';
import { fakeHost } from '../../support/host.ts';
import { written } from '../../support/written.ts';
import { type FunctionReply, fakeAws, recorded } from './fakes.ts';

const arns = {
  RepairFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:repair',
  DeleteLeftoversFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:delete',
};

export interface Asked {
  flags?: Partial<Parameters<typeof repairOnStack>[0]>;
  /** The state that Step Functions knows of each execution. */
  execution?: 'running' | 'gone';
  /** Comes between the answer of a function and the command. */
  answering?: (step: string, answer: unknown) => FunctionReply;
  /** What the person types at each question. */
  typed?: string;
  outputs?: Record<string, string>;
}

const call = z.object({ step: z.string().default('delete') });

/** Runs `repair --stack` as often as it is called, with functions that work as the deployed ones do: JSON in, JSON out. */
export function stackOf(test: TestContext) {
  return async ({ flags = {}, execution = 'gone', answering, typed, outputs = arns }: Asked = {}) => {
    const aws = fakeAws(recorded('busy'));
    Object.assign(aws.outputs, outputs, { Clusters: '["production"]' });
    const context: Context = { ...test, executions: { state: async () => execution } };
    const serve =
      (work: Handler<unknown>) =>
      async (input: unknown): Promise<FunctionReply> => {
        const { step } = call.parse(input);
        try {
          const answer = await work(input, context);
          return answering?.(step, answer) ?? { answer };
        } catch (error) {
          if (!(error instanceof Error)) throw error;
          return { thrown: { errorType: error.name, errorMessage: error.message } };
        }
      };
    aws.functions = {
      [arns.RepairFunctionArn]: serve(repairCluster),
      [arns.DeleteLeftoversFunctionArn]: serve(deleteLeftovers),
    };
    const screen = written();
    const questions: string[] = [];
    const ask: Ask = async (question) => {
      questions.push(question);
      return typed ?? '';
    };
    const code = await repairOnStack({
      stack: 'camunda-backup',
      at: { program: 'camunda-backup' },
      host: fakeHost([], {}, screen),
      force: false,
      dryRun: false,
      deleteLeftovers: false,
      yes: false,
      json: false,
      resumeUnexplained: false,
      offline: false,
      chosen: () => undefined,
      ...(typed === undefined ? {} : { ask }),
      aws,
      clock: test.clock,
      ...flags,
    });
    const steps = aws.called.map(({ input }) => call.parse(input).step);
    return {
      code,
      steps,
      questions,
      stdout: screen.stdout(),
      stderr: screen.stderr(),
      json: screen.json,
      called: aws.called,
    };
  };
}

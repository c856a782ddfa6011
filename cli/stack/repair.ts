import type * as z from 'zod';
import type { Call } from '../../core/calls.ts';
import { notAsked } from '../../core/checks/exporting-seen.ts';
import { type Clock, systemClock } from '../../core/clock.ts';
import { isBackupError } from '../../core/errors.ts';
import {
  deletionAnswer,
  exportingAnswer,
  leftoversAnswer,
  lockAnswer,
  orphansAnswer,
  type Problem,
  pauseAnswer,
  problemOf,
  resumeAnswer,
} from '../../core/repair/steps/answers.ts';
import type { Surroundings } from '../../deployment/commands.ts';
import { type Opening, type Place, repairWith } from '../repair/repair.ts';
import type { RepairOptions } from '../repair/session.ts';
import { sayWhomWeWaitFor } from '../screen/waiting.ts';
import { type Aws, aws as openAws } from './aws.ts';
import { invoke } from './invoke.ts';
import { clusterOfStack, commandsOfStack, type DeployedStack, readStack } from './outputs.ts';

export interface StackRepairOptions extends Omit<RepairOptions, 'cluster' | 'commands'> {
  stack: string;
  at: Surroundings;
  /** Optional if the stack backs up only one cluster. */
  cluster?: string;
  /** Is called with the cluster as soon as it is known. */
  chosen: (cluster: string) => void;
  /** Tests replace the following. */
  aws?: Aws;
  clock?: Clock;
}

/** Runs `camunda-backup repair --stack`: each step is done by a function of the stack. Returns the exit code. */
export async function repairOnStack(options: StackRepairOptions): Promise<number> {
  const { at, chosen, aws = openAws(), clock = systemClock } = options;
  const stack = await readStack(options.stack, aws);
  const cluster = clusterOfStack(stack, options.cluster);
  chosen(cluster);
  const commands = commandsOfStack(stack, at);
  return repairWith(
    { ...options, cluster, commands },
    async (opening) => openStack(stack, cluster, { aws, clock }, opening),
    clock,
  );
}

function openStack(
  { name: stack, functions }: DeployedStack,
  cluster: string,
  { aws, clock }: { aws: Aws; clock: Clock },
  { complain: say }: Opening,
): Place {
  const open = new Set<Call>();
  const stopSaying = sayWhomWeWaitFor(
    () => [...open],
    () => clock.now(),
    say,
  );
  const calling = { aws, clock, say };
  const wait = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const call = { what, since: clock.now() };
    open.add(call);
    try {
      return await work();
    } finally {
      open.delete(call);
    }
  };
  const step = <T>(step: string, answer: z.ZodType<T>, more: object = {}): Promise<T> =>
    wait(`the function RepairCluster (${step})`, () =>
      invoke(
        { stack, name: 'RepairCluster', arn: functions.repair, input: { ...more, step, cluster }, answer },
        calling,
      ),
    );
  return {
    // Which components the stack's configuration has is not known here.
    components: [],
    steps: {
      // Without this answer nothing is known, so its error ends the command.
      lock: ({ force, dryRun }) => step('lock', lockAnswer, { force, dryRun }),
      orphans: ({ dryRun }) =>
        orProblem(step('orphans', orphansAnswer, { dryRun }), (problems) => ({
          says: [],
          problems,
          orphans: [],
        })),
      leftovers: ({ ended, only }) =>
        orProblem(step('leftovers', leftoversAnswer, { ended, only }), (problems) => ({
          problems,
          leftovers: [],
          asked: [],
          unasked: [],
        })),
      delete: (parts) =>
        orProblem(
          wait('the function DeleteLeftovers', () =>
            invoke(
              {
                stack,
                name: 'DeleteLeftovers',
                arn: functions.deleteLeftovers,
                input: { cluster, parts },
                answer: deletionAnswer,
              },
              calling,
            ),
          ),
          (problems) => ({ says: [], problems, deleted: [] }),
        ),
      exporting: () =>
        orProblem(step('exporting', exportingAnswer), (problems) => ({
          says: [],
          problems,
          seen: notAsked('the function did not answer'),
        })),
      pause: () => orProblem(step('pause', pauseAnswer), (problems) => ({ problems, paused: null })),
      resume: ({ id, user }) =>
        orProblem(step('resume', resumeAnswer, { id, user }), (problems) => ({ problems, resumed: null })),
    },
    close: async () => stopSaying(),
  };
}

/** A step without an answer is a problem, and the next steps are tried all the same. */
async function orProblem<T>(answer: Promise<T>, without: (problems: Problem[]) => T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!isBackupError(error)) throw error;
    return without([problemOf(error)]);
  }
}

import { Duration } from 'aws-cdk-lib';
import {
  type IRuleRef,
  Rule,
  type RuleTargetConfig,
  RuleTargetInput,
  Schedule,
} from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Version } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { wakeUpEvent } from '../lambdas/wake-up.ts';
import type { Procedure } from '../statemachine/procedure.ts';
import type { Functions } from './functions.ts';

/** The most that EventBridge allows (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html). */
const targetsOfOneRule = 5;

/**
 * Calls once a day each function in a VPC, in the version that a state machine calls. A function that sleeps fails its
 * first calls, and some are not called for months: one deletes failed backups. Nobody has to know if such a call fails,
 * because the state machine retries until the function is awake.
 */
export function wakeUpDaily(scope: Construct, procedures: Procedure[], functions: Functions): void {
  const tasks = procedures.flatMap(({ tasks }) => tasks);
  const called = [...new Set(tasks.map(({ functionName }) => functionName))];
  const asleep = called.filter((name) => functions.get(name).isBoundToVpc);
  const rules = new Construct(scope, 'WakeUp');
  for (let from = 0; from < asleep.length; from += targetsOfOneRule) {
    new Rule(rules, `${from / targetsOfOneRule}`, {
      description: 'Calls the functions in the VPC, so that Lambda keeps their network interfaces',
      schedule: Schedule.rate(Duration.days(1)),
      targets: asleep
        .slice(from, from + targetsOfOneRule)
        .map((name) => ({ bind: (rule) => wakeUp(functions.versionOf(name), rule) })),
    });
  }
}

function wakeUp(version: Version, rule: IRuleRef): RuleTargetConfig {
  version.addPermission('WakeUp', {
    principal: new ServicePrincipal('events.amazonaws.com'),
    sourceArn: rule.ruleRef.ruleArn,
  });
  return { arn: version.functionArn, input: RuleTargetInput.fromObject(wakeUpEvent) };
}

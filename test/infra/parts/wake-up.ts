import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { functions as backup } from '../../../lambdas/backup/index.ts';
import { functions as housekeeping } from '../../../lambdas/housekeeping/index.ts';
import { isWakeUp } from '../../../lambdas/wake-up.ts';
import { fullConfiguration, networkConfiguration, templateOf } from '../stack.ts';
import { versionsIn } from '../versions.ts';

const reference = z.object({ Ref: z.string() });
const rule = z.object({
  Properties: z.object({
    State: z.literal('ENABLED'),
    Targets: z.array(z.object({ Arn: reference, Input: z.string() })),
  }),
});
const permission = z.object({
  Properties: z.object({
    FunctionName: reference,
    SourceArn: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  }),
});
const daily = { Properties: { ScheduleExpression: 'rate(1 day)' } };

test('Each function of the state machines in a VPC is woken up daily, in the version that they call', async () => {
  const template = await templateOf(fullConfiguration + networkConfiguration);
  const rules = Object.entries(template.findResources('AWS::Events::Rule', daily)).map(
    ([id, resource]) => [id, rule.parse(resource).Properties.Targets] as const,
  );
  const versions = versionsIn(template);
  const inVpc = Object.entries({ ...backup, ...housekeeping })
    .filter(([, { definition }]) => definition.needs.includes('cluster'))
    .map(([name]) => versions.get(name));
  assert.deepEqual(rules.flatMap(([, targets]) => targets.map(({ Arn }) => Arn.Ref)).sort(), inVpc.sort());
  for (const [, targets] of rules) {
    assert.ok(targets.length <= 5, 'EventBridge takes five targets for a rule');
    for (const { Input } of targets) assert.ok(isWakeUp(JSON.parse(Input)), Input);
  }
  const permissions = Object.values(
    template.findResources('AWS::Lambda::Permission', { Properties: { Principal: 'events.amazonaws.com' } }),
  ).flatMap((resource) => permission.safeParse(resource).data?.Properties ?? []);
  assert.deepEqual(
    permissions
      .map(({ FunctionName, SourceArn }) => `${SourceArn['Fn::GetAtt'][0]} ${FunctionName.Ref}`)
      .sort(),
    rules.flatMap(([id, targets]) => targets.map(({ Arn }) => `${id} ${Arn.Ref}`)).sort(),
  );
});

test('Nothing is woken up outside of a VPC, where no function sleeps', async () => {
  const template = await templateOf(fullConfiguration);
  assert.deepEqual(template.findResources('AWS::Events::Rule', daily), {});
  template.allResourcesProperties('AWS::Lambda::Function', { VpcConfig: Match.absent() });
});

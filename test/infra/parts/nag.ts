import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { AwsSolutionsChecks } from 'cdk-nag';
import { fullConfiguration, networkConfiguration, smallConfiguration, stackOf } from '../stack.ts';

const others = `
deployment:
  removalPolicy: destroy
  alerts: { topicArn: "arn:aws:sns:eu-central-1:123456789012:on-call" }
`;

for (const { what, yaml } of [
  { what: 'with everything', yaml: fullConfiguration },
  { what: 'in a VPC', yaml: fullConfiguration + networkConfiguration },
  { what: 'with defaults', yaml: smallConfiguration },
  { what: 'with an existing topic that leaves nothing behind', yaml: smallConfiguration + others },
]) {
  test(`cdk-nag finds nothing that is not acknowledged in a stack ${what}`, async () => {
    const stack = await stackOf(yaml);
    const { violations } = new AwsSolutionsChecks().validateScope(stack);
    assert.deepEqual(
      violations.map(({ ruleName, violatingResources }) => [
        ruleName,
        violatingResources.map(({ constructPath, resourceLogicalId }) => constructPath ?? resourceLogicalId),
      ]),
      [],
    );
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsSolutionsChecks } from 'cdk-nag';
import { fullConfiguration, networkConfiguration, smallConfiguration, stackOf } from './stack.ts';

const others = `
deployment:
  removalPolicy: destroy
  alerts: { topicArn: "arn:aws:sns:eu-central-1:123456789012:on-call" }
`;

for (const [name, yaml] of Object.entries({
  'with everything': fullConfiguration,
  'in a VPC': fullConfiguration + networkConfiguration,
  'with defaults': smallConfiguration,
  'with an existing topic, and nothing left behind': smallConfiguration + others,
})) {
  test(`cdk-nag finds nothing that is not acknowledged: ${name}`, async () => {
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

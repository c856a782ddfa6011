import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { z } from 'zod';
import { fullConfiguration, networkConfiguration, smallConfiguration, templateOf } from '../stack.ts';

const resources = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      DeletionPolicy: z.string().default('Delete'),
      UpdateReplacePolicy: z.string().default('Delete'),
    }),
  ),
});

/** The kinds of resources that outlive the stack, each once for each pair of policies. */
async function retainedIn(yaml: string) {
  const { Resources } = resources.parse((await templateOf(yaml)).toJSON());
  const retained = Object.values(Resources)
    .filter(
      ({ DeletionPolicy, UpdateReplacePolicy }) =>
        `${DeletionPolicy}${UpdateReplacePolicy}` !== 'DeleteDelete',
    )
    .map(
      ({ Type, DeletionPolicy, UpdateReplacePolicy }) => `${Type} ${DeletionPolicy} ${UpdateReplacePolicy}`,
    );
  return [...new Set(retained)].sort();
}

// RetainExceptOnCreate: what a failed deployment has created goes again, so that the next one does not meet it.
const bucket = 'AWS::S3::Bucket RetainExceptOnCreate Retain';
const versions = 'AWS::Lambda::Version RetainExceptOnCreate Retain';

for (const { what, yaml, retained } of [
  { what: 'with everything', yaml: fullConfiguration + networkConfiguration, retained: [versions, bucket] },
  {
    what: 'that leaves nothing behind',
    yaml: `${smallConfiguration}\ndeployment: { removalPolicy: destroy }`,
    retained: [versions],
  },
]) {
  test(`Nothing outlives a stack ${what} but the ledger, and the versions until their function is deleted`, async () => {
    assert.deepEqual(await retainedIn(yaml), retained);
  });
}

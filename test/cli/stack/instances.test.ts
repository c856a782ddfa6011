import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { readStack } from '../../../cli/stack/outputs.ts';
import { failureOf } from '../../core/fakes.ts';
import { stackWith } from './fakes.ts';

/** CloudFormation, which has one stack with these outputs. */
function cloudFormationWith(outputs: Record<string, string>) {
  const asked: string[] = [];
  const aws = {
    region: async () => 'eu-central-1',
    describeStack: async (name: string) => {
      asked.push(name);
      return stackWith(outputs);
    },
  };
  return { aws, asked };
}

const outputsOf = (prefix: string) => ({
  [`${prefix}StateMachineArn`]: `arn:aws:states:eu-central-1:123456789012:stateMachine:${prefix}`,
  [`${prefix}LedgerBucketName`]: `bucket-of-${prefix.toLowerCase()}`,
  [`${prefix}Clusters`]: '["production"]',
});
const oneAmongOthers = {
  ...outputsOf('Backup'),
  // Another construct of the app has this one.
  OrderStateMachineArn: 'arn:aws:states:eu-central-1:123456789012:stateMachine:orders',
  Url: 'https://example.com',
};
const two = { ...outputsOf('TeamBlue'), ...outputsOf('TeamGreen') };
const arn =
  'arn:aws:cloudformation:eu-central-1:123456789012:stack/shop/0a1b2c3d-0000-1111-2222-333344445555';

describe('The backups in the stack of somebody’s own app', () => {
  const chosen: {
    what: string;
    outputs: Record<string, string>;
    argument: string;
    is: string;
    asks: string;
  }[] = [
    {
      what: 'the only one, by the name of the stack',
      outputs: oneAmongOthers,
      argument: 'shop',
      is: 'shop/Backup',
      asks: 'shop',
    },
    {
      what: 'the only one, by its path',
      outputs: oneAmongOthers,
      argument: 'shop/Backup',
      is: 'shop/Backup',
      asks: 'shop',
    },
    {
      what: 'one of two, by the path of its construct',
      outputs: two,
      argument: 'shop/Team/Green',
      is: 'shop/TeamGreen',
      asks: 'shop',
    },
    {
      what: 'one of two, as the messages name it',
      outputs: two,
      argument: 'shop/TeamGreen',
      is: 'shop/TeamGreen',
      asks: 'shop',
    },
    {
      what: 'one of two, in a stack that is named by its ARN',
      outputs: two,
      argument: `${arn}/TeamBlue`,
      is: `${arn}/TeamBlue`,
      asks: arn,
    },
    {
      what: 'the one without a prefix, beside one that has a prefix',
      outputs: { ...outputsOf(''), ...outputsOf('Second') },
      argument: 'shop',
      is: 'shop',
      asks: 'shop',
    },
  ];
  for (const { what, outputs, argument, is, asks } of chosen) {
    it(`The command line finds ${what}`, async () => {
      const { aws, asked } = cloudFormationWith(outputs);
      const stack = await readStack(argument, aws);
      assert.equal(stack.name, is);
      const prefix = is.replace(/.*\/|^shop$/, '');
      assert.equal(stack.stateMachineArn, outputs[`${prefix}StateMachineArn`]);
      assert.equal(stack.ledger.bucket, outputs[`${prefix}LedgerBucketName`]);
      assert.deepEqual(stack.clusters, ['production']);
      assert.deepEqual(asked, [asks]);
    });
  }

  it('The command line names the backups of a stack when it does not know which one is meant', async () => {
    const { aws } = cloudFormationWith(two);
    const error = await failureOf(readStack('shop', aws));
    assert.equal(error.name, 'ConfigurationError');
    assert.equal(error.message, 'The stack shop contains several backups');
    assert.equal(error.remedy, 'Name one with --stack: shop/TeamBlue, shop/TeamGreen');
  });

  it('A backup that is not in the stack is refused with the names of those that are', async () => {
    const { aws } = cloudFormationWith(two);
    const error = await failureOf(readStack('shop/Red', aws));
    assert.equal(error.message, 'The stack shop contains no backup Red');
    assert.match(error.remedy ?? '', /shop\/TeamBlue, shop\/TeamGreen/);
  });
});

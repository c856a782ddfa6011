import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { z } from 'zod';
import { config } from '../../../core/config/schema.ts';
import { allowSecrets } from '../../../infra/permissions.ts';
import { appOf } from '../stack.ts';

const statements = z.array(
  z.object({
    Action: z.string(),
    Resource: z.union([z.string(), z.array(z.string()), z.looseObject({})]),
    Condition: z
      .object({
        StringEquals: z.object({
          'kms:EncryptionContext:SecretARN': z.union([z.string(), z.array(z.string())]),
        }),
      })
      .optional(),
  }),
);

test('The secrets of sixty clusters fit into the policies of a role, and all of them are allowed', () => {
  const secret = (cluster: number, what: string) =>
    `arn:aws:secretsmanager:eu-central-1:123456789012:secret:camunda/cluster-${cluster}/${what}-AbCdEf`;
  const clusters = Array.from({ length: 60 }, (_, index) => index);
  const stack = new Stack(appOf(), 'Many');
  allowSecrets(
    new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
    config.parse({
      ledger: { folder: './ledger' },
      clusters: Object.fromEntries(
        clusters.map((index) => [
          `cluster-${index}`,
          {
            zeebe: {
              url: 'http://zeebe.example.com:9600',
              auth: { apiKey: { secretsManager: secret(index, 'zeebe') } },
            },
            search: {
              engine: 'opensearch',
              url: 'https://search.example.com',
              repository: 'camunda',
              auth: { apiKey: { secretsManager: secret(index, 'search') } },
            },
          },
        ]),
      ),
    }),
    { needs: ['secrets'] },
  );

  const template = Template.fromStack(stack);
  const documentsOf = (type: string) =>
    Object.values(template.findResources(type)).map(({ Properties }) => Properties.PolicyDocument);
  const inline = documentsOf('AWS::IAM::Policy');
  const managed = documentsOf('AWS::IAM::ManagedPolicy');
  // IAM's limits for the inline policies of a role together, for a managed policy, and for how many a role has.
  const lengthOf = (document: unknown) => JSON.stringify(document).length;
  assert(inline.map(lengthOf).reduce((sum, one) => sum + one, 0) <= 10_240);
  assert(managed.length > 0 && managed.length <= 10, `${managed.length}`);
  assert.deepEqual(
    managed.map(lengthOf).filter((length) => length > 6144),
    [],
  );

  const all = [...inline, ...managed].flatMap(({ Statement }) => statements.parse(Statement));
  const expected = clusters.flatMap((index) => [secret(index, 'zeebe'), secret(index, 'search')]).sort();
  const read = all.filter(({ Action }) => Action === 'secretsmanager:GetSecretValue');
  assert.deepEqual(read.flatMap(({ Resource }) => Resource).sort(), expected);
  const decrypted = all.flatMap(
    ({ Condition }) => Condition?.StringEquals['kms:EncryptionContext:SecretARN'] ?? [],
  );
  assert.deepEqual(decrypted.sort(), expected);
});

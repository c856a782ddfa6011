import assert from 'node:assert/strict';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, test } from '@jest/globals';
import { awsPatience } from '../../../core/connect/aws-client.ts';
import { secretsManager } from '../../../core/connect/secrets-manager.ts';
import { awsServer } from '../../support/aws-server.ts';
import { mockAws, refusal } from '../../support/mock-aws.ts';
import { failureOf } from '../fakes.ts';

/** Nothing of this machine's AWS configuration is used. */
for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
Object.assign(process.env, {
  ...credentials,
  AWS_CONFIG_FILE: '/does/not/exist',
  AWS_SHARED_CREDENTIALS_FILE: '/does/not/exist',
  AWS_EC2_METADATA_DISABLED: 'true',
});
beforeEach(() => {
  Object.assign(process.env, credentials);
});

const arn = 'arn:aws:secretsmanager:eu-west-3:123456789012:secret:camunda/elasticsearch-AbCdEf';
/** It repeats nothing by itself, so that nobody waits. */
const unrepeated = () => secretsManager({ ...awsPatience, maxAttempts: 1 });

/** What Secrets Manager answers, or throws; and what it is asked, in which region. */
function answering(answer: Error | { SecretString: string } | { SecretBinary: Uint8Array }) {
  const asked: { region: string; input: object }[] = [];
  mockAws(SecretsManagerClient)
    .on(GetSecretValueCommand)
    .callsFake(async (input, { config }) => {
      asked.push({ region: await config.region(), input });
      if (answer instanceof Error) throw answer;
      return answer;
    });
  return asked;
}

describe('A secret of Secrets Manager', () => {
  test('A secret is read in the region that its ARN names, where no region is set, and once for some minutes', async () => {
    const asked = answering({ SecretString: 'hunter2' });
    const fetchSecret = secretsManager();
    assert.equal(await fetchSecret(arn), 'hunter2');
    assert.equal(await fetchSecret(arn), 'hunter2');
    assert.deepEqual(asked, [{ region: 'eu-west-3', input: { SecretId: arn } }]);
  });

  test('A secret of another region is read there', async () => {
    const asked = answering({ SecretString: 'hunter2' });
    await unrepeated()(arn.replace('eu-west-3', 'us-gov-west-1'));
    assert.equal(asked[0]?.region, 'us-gov-west-1');
  });

  test('A secret that holds bytes has no text', async () => {
    answering({ SecretBinary: new Uint8Array([0, 1, 2]) });
    assert.equal(await unrepeated()(arn), undefined);
  });

  for (const { what, code, name, remedy } of [
    {
      what: 'is not there',
      code: 'ResourceNotFoundException',
      name: 'SecretUnavailable',
      remedy: /^There is no such secret in eu-west-3 of the account 123456789012/,
    },
    {
      what: 'may not be read',
      code: 'AccessDeniedException',
      name: 'SecretUnavailable',
      remedy: /^Allow secretsmanager:GetSecretValue \(and kms:Decrypt/,
    },
    {
      what: 'cannot be decrypted',
      code: 'DecryptionFailure',
      name: 'SecretUnavailable',
      remedy: /kms:Decrypt/,
    },
    {
      what: 'is asked for with credentials that are nobody’s',
      code: 'UnrecognizedClientException',
      name: 'SecretUnavailable',
      remedy: /^Provide valid AWS credentials/,
    },
    {
      what: 'is asked for in a wrong way',
      code: 'InvalidParameterException',
      name: 'SecretUnavailable',
      remedy: /^Check the ARN/,
    },
  ] as const) {
    test(`A secret that ${what} says so, and what to do follows from that`, async () => {
      answering(refusal({ name: code, message: 'no' }));
      const error = await failureOf(unrepeated()(arn));
      assert.equal(error.name, name);
      assert(error.message.includes(arn));
      assert.match(error.remedy ?? '', remedy);
    });
  }

  // On a server: the SDK looks for credentials as it sends, which is what the mock does in its place.
  test('A secret without any credentials asks for some', async () => {
    const asked: string[] = [];
    const { endpoint } = await awsServer((text) => {
      asked.push(text);
      return { body: {} };
    });
    process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = endpoint;
    delete process.env['AWS_ACCESS_KEY_ID'];
    delete process.env['AWS_SECRET_ACCESS_KEY'];
    const error = await failureOf(unrepeated()(arn));
    assert.equal(error.name, 'SecretUnavailable');
    assert.match(error.remedy ?? '', /^Provide valid AWS credentials/);
    assert.deepEqual(asked, []);
  });
});

describe('Trouble of Secrets Manager that may pass', () => {
  test('Secrets Manager in trouble is an error whose name is repeated', async () => {
    answering(refusal({ name: 'InternalServiceError', message: 'no', status: 500 }));
    const error = await failureOf(unrepeated()(arn));
    assert.equal(error.name, 'ServerTrouble');
  });

  test('Secrets Manager that throttles, which it says with 400, is an error whose name is repeated', async () => {
    answering(refusal({ name: 'ThrottlingException', message: 'Rate exceeded' }));
    assert.equal((await failureOf(unrepeated()(arn))).name, 'ServerTrouble');
  });

  // Without the mock: only the SDK's own handler finds nobody at an address.
  test('Secrets Manager that cannot be reached is an error whose name is repeated', async () => {
    process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = 'http://127.0.0.1:4';
    const error = await failureOf(unrepeated()(arn));
    assert.equal(error.name, 'Unreachable');
    assert.match(error.remedy ?? '', /Secrets Manager of eu-west-3 can be reached/);
  });
});

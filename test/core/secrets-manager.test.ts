import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, test } from '@jest/globals';
import { awsPatience } from '../../core/aws-client.ts';
import { secretsManager } from '../../core/secrets-manager.ts';
import { failureOf } from './fakes.ts';

/** The region stands in the signature, and nothing of this machine's AWS configuration is used. */
for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
Object.assign(process.env, {
  ...credentials,
  AWS_CONFIG_FILE: '/does/not/exist',
  AWS_SHARED_CREDENTIALS_FILE: '/does/not/exist',
  AWS_EC2_METADATA_DISABLED: 'true',
});

const arn = 'arn:aws:secretsmanager:eu-west-3:123456789012:secret:camunda/elasticsearch-AbCdEf';
/** It repeats nothing by itself, so that nobody waits. */
const unrepeated = () => secretsManager({ ...awsPatience, maxAttempts: 1 });
const asked: { region: string; body: string }[] = [];
let answer: { status: number; body: object } = { status: 200, body: {} };
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
  asked.push({ region, body: Buffer.concat(chunks).toString('utf8') });
  response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(answer.body));
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = `http://127.0.0.1:${port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked.length = 0;
  Object.assign(process.env, credentials);
});

describe('A secret of Secrets Manager', () => {
  test('A secret is read in the region that its ARN names, where no region is set, and once for some minutes', async () => {
    answer = { status: 200, body: { SecretString: 'hunter2' } };
    const fetchSecret = secretsManager();
    assert.equal(await fetchSecret(arn), 'hunter2');
    assert.equal(await fetchSecret(arn), 'hunter2');
    assert.deepEqual(asked, [{ region: 'eu-west-3', body: JSON.stringify({ SecretId: arn }) }]);
  });

  test('A secret of another region is read there', async () => {
    answer = { status: 200, body: { SecretString: 'hunter2' } };
    await unrepeated()(arn.replace('eu-west-3', 'us-gov-west-1'));
    assert.equal(asked[0]?.region, 'us-gov-west-1');
  });

  test('A secret that holds bytes has no text', async () => {
    answer = { status: 200, body: { SecretBinary: 'AAEC' } };
    assert.equal(await unrepeated()(arn), undefined);
  });

  for (const { what, status, code, name, remedy } of [
    {
      what: 'is not there',
      status: 400,
      code: 'ResourceNotFoundException',
      name: 'SecretUnavailable',
      remedy: /^There is no such secret in eu-west-3 of the account 123456789012/,
    },
    {
      what: 'may not be read',
      status: 400,
      code: 'AccessDeniedException',
      name: 'SecretUnavailable',
      remedy: /^Allow secretsmanager:GetSecretValue \(and kms:Decrypt/,
    },
    {
      what: 'cannot be decrypted',
      status: 400,
      code: 'DecryptionFailure',
      name: 'SecretUnavailable',
      remedy: /kms:Decrypt/,
    },
    {
      what: 'is asked for with credentials that are nobody’s',
      status: 400,
      code: 'UnrecognizedClientException',
      name: 'SecretUnavailable',
      remedy: /^Provide valid AWS credentials/,
    },
    {
      what: 'is asked for in a wrong way',
      status: 400,
      code: 'InvalidParameterException',
      name: 'SecretUnavailable',
      remedy: /^Check the ARN/,
    },
  ] as const) {
    test(`A secret that ${what} says so, and what to do follows from that`, async () => {
      answer = { status, body: { __type: code, message: 'no' } };
      const error = await failureOf(unrepeated()(arn));
      assert.equal(error.name, name);
      assert(error.message.includes(arn));
      assert.match(error.remedy ?? '', remedy);
    });
  }

  test('A secret without any credentials asks for some', async () => {
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
    answer = { status: 500, body: { __type: 'InternalServiceError', message: 'no' } };
    const error = await failureOf(unrepeated()(arn));
    assert.equal(error.name, 'ServerTrouble');
  });

  test('Secrets Manager that throttles, which it says with 400, is an error whose name is repeated', async () => {
    answer = { status: 400, body: { __type: 'ThrottlingException', message: 'Rate exceeded' } };
    assert.equal((await failureOf(unrepeated()(arn))).name, 'ServerTrouble');
  });

  test('Secrets Manager that cannot be reached is an error whose name is repeated', async () => {
    process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = 'http://127.0.0.1:4';
    const error = await failureOf(unrepeated()(arn));
    assert.equal(error.name, 'Unreachable');
    assert.match(error.remedy ?? '', /Secrets Manager of eu-west-3 can be reached/);
  });
});

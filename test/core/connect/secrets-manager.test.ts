import assert from 'node:assert/strict';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, test } from '@jest/globals';
import { awsPatience } from '../../../core/connect/aws-client.ts';
import { secretsManager } from '../../../core/connect/secrets-manager.ts';
import { awsServer } from '../../support/aws-server.ts';
import { mockAws, refusal } from '../../support/mock-aws.ts';
import { shortened, silentServer } from '../../support/silent-server.ts';
import { failureOf, TestClock } from '../fakes.ts';

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
const unrepeated = () => secretsManager({ patience: { ...awsPatience, maxAttempts: 1 } });

/** What Secrets Manager answers, or throws; and what it is asked, in which region. */
function answering(first: Answer) {
  const asked: { region: string; input: object }[] = [];
  let answer = first;
  mockAws(SecretsManagerClient)
    .on(GetSecretValueCommand)
    .callsFake(async (input, { config }) => {
      asked.push({ region: await config.region(), input });
      if (answer instanceof Error) throw answer;
      return answer;
    });
  const becomes = (next: Answer) => {
    answer = next;
  };
  return { asked, becomes };
}
type Answer = Error | { SecretString: string } | { SecretBinary: Uint8Array };

describe('A secret of Secrets Manager', () => {
  test('A secret is read in the region that its ARN names, where no region is set, and once for some minutes', async () => {
    const { asked } = answering({ SecretString: 'hunter2' });
    const fetchSecret = secretsManager();
    assert.equal(await fetchSecret(arn), 'hunter2');
    assert.equal(await fetchSecret(arn), 'hunter2');
    assert.deepEqual(asked, [{ region: 'eu-west-3', input: { SecretId: arn } }]);
  });

  test('A secret of another region is read there', async () => {
    const { asked } = answering({ SecretString: 'hunter2' });
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
    {
      what: 'is going to be deleted',
      code: 'InvalidRequestException',
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
  for (const { code, status } of [
    { code: 'InternalServiceError', status: 500 },
    { code: 'ServiceUnavailable', status: 503 },
    { code: 'ThrottlingException', status: 400 },
    { code: 'LimitExceededException', status: 400 },
    { code: 'SomethingThatIsNew', status: 400 },
  ]) {
    test(`The answer ${status} ${code} of Secrets Manager is an error whose name is repeated`, async () => {
      answering(refusal({ name: code, message: 'no', status }));
      assert.equal((await failureOf(unrepeated()(arn))).name, 'ServerTrouble');
    });
  }

  // Without the mock: only the SDK's own handler finds nobody at an address.
  test('Secrets Manager that cannot be reached is an error whose name is repeated', async () => {
    process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = 'http://127.0.0.1:4';
    const error = await failureOf(unrepeated()(arn));
    assert.equal(error.name, 'Unreachable');
    assert.match(error.remedy ?? '', /Secrets Manager of eu-west-3 can be reached/);
  });

  test('Secrets Manager that is silent is an error whose name is repeated, and that names the endpoint of the VPC', async () => {
    const { endpoint } = await silentServer();
    process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = endpoint;
    const error = await failureOf(secretsManager({ patience: shortened(awsPatience) })(arn));
    assert.equal(error.name, 'Unreachable');
    assert.match(error.remedy ?? '', /in a VPC the endpoint of Secrets Manager or the NAT gateway/);
  });
});

describe('A value that was read, while the secret cannot be read again', () => {
  const trouble = refusal({ name: 'InternalServiceError', message: 'no', status: 500 });
  const denied = refusal({ name: 'AccessDeniedException', message: 'no' });
  const minutes = 60;
  const hours = 60 * minutes;

  function reader(answer: Answer) {
    const secret = answering(answer);
    const clock = new TestClock();
    const warned: string[] = [];
    const fetchSecret = secretsManager({
      patience: { ...awsPatience, maxAttempts: 1 },
      clock,
      warn: (text) => warned.push(text),
    });
    return { ...secret, clock, warned, fetchSecret };
  }

  test('A value that has expired is still used, is read again after a minute, and the log says so', async () => {
    const { asked, becomes, clock, warned, fetchSecret } = reader({ SecretString: 'hunter2' });
    await fetchSecret(arn);
    becomes(trouble);
    clock.advance(301);
    assert.equal(await fetchSecret(arn), 'hunter2');
    clock.advance(59);
    assert.equal(await fetchSecret(arn), 'hunter2');
    assert.equal(asked.length, 2);
    assert.equal(warned.length, 1);
    assert.match(
      warned[0] ?? '',
      /^The secret .* cannot be read: no\. The value that was read 5 min ago is used\./,
    );
    clock.advance(1);
    becomes({ SecretString: 'rotated' });
    assert.equal(await fetchSecret(arn), 'rotated');
    clock.advance(299);
    assert.equal(await fetchSecret(arn), 'rotated');
    assert.equal(asked.length, 3);
  });

  for (const { what, answer, lasts, name } of [
    { what: 'Secrets Manager is in trouble', answer: trouble, lasts: 12 * hours, name: 'ServerTrouble' },
    { what: 'the permission is gone', answer: denied, lasts: hours, name: 'SecretUnavailable' },
  ]) {
    test(`A value is used for ${lasts / hours} h while ${what}, and not longer`, async () => {
      const { becomes, clock, fetchSecret } = reader({ SecretString: 'hunter2' });
      await fetchSecret(arn);
      becomes(answer);
      clock.advance(lasts);
      assert.equal(await fetchSecret(arn), 'hunter2');
      clock.advance(2 * minutes);
      assert.equal((await failureOf(fetchSecret(arn))).name, name);
    });
  }

  test('A value about which Secrets Manager gives no answer is used after a single attempt', async () => {
    let requests = 0;
    const { endpoint } = await awsServer(() => {
      requests += 1;
      return requests === 1 ? { body: { SecretString: 'hunter2' } } : undefined;
    });
    process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = endpoint;
    const clock = new TestClock();
    const fetchSecret = secretsManager({ patience: { ...shortened(awsPatience), maxAttempts: 4 }, clock });
    await fetchSecret(arn);
    clock.advance(301);
    assert.equal(await fetchSecret(arn), 'hunter2');
    assert.equal(requests, 2);
  });

  test('Requests at the same time read the value once', async () => {
    const { asked, fetchSecret } = reader({ SecretString: 'hunter2' });
    assert.deepEqual(await Promise.all([fetchSecret(arn), fetchSecret(arn)]), ['hunter2', 'hunter2']);
    assert.equal(asked.length, 1);
  });
});

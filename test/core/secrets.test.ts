import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { auth, authorization, secretReader, secretRef } from '../../core/secrets.ts';
import { failureOf } from './fakes.ts';

const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:camunda/elasticsearch-AbCdEf';

function reader(text: string | undefined, environment: NodeJS.ProcessEnv = {}) {
  const fetched: string[] = [];
  const secrets = secretReader(environment, async (asked) => {
    fetched.push(asked);
    return text;
  });
  return { secrets, fetched };
}

describe('a secret of the environment', () => {
  test('is the value of its variable, and Secrets Manager is not asked', async () => {
    const { secrets, fetched } = reader('other', { ES_PASSWORD: 'hunter2' });
    assert.equal(await secrets({ env: 'ES_PASSWORD' }), 'hunter2');
    assert.deepEqual(fetched, []);
  });

  for (const [what, environment] of [
    ['not set', {}],
    ['empty', { ES_PASSWORD: '' }],
  ] as const) {
    test(`that is ${what} is SecretUnavailable, with its name`, async () => {
      const error = await failureOf(reader(undefined, environment).secrets({ env: 'ES_PASSWORD' }));
      assert.equal(error.name, 'SecretUnavailable');
      assert.match(error.message, /The environment variable ES_PASSWORD/);
      assert.match(error.remedy ?? '', /Set ES_PASSWORD/);
    });
  }
});

describe('a secret of Secrets Manager', () => {
  test('is its text where no key is named, also a text that is JSON', async () => {
    const { secrets, fetched } = reader('{"password":"hunter2"}');
    assert.equal(await secrets({ secretsManager: arn }), '{"password":"hunter2"}');
    assert.deepEqual(fetched, [arn]);
  });

  test('is the text under its key in a JSON object', async () => {
    const { secrets } = reader('{"username":"backup","password":"hunter2","port":9200}');
    assert.equal(await secrets({ secretsManager: arn, key: 'password' }), 'hunter2');
  });

  for (const [what, text] of [
    ['is no JSON', 'hunter2'],
    ['is a list', '["hunter2"]'],
    ['is a text in quotes', '"hunter2"'],
    ['has no such key', '{"secret":"hunter2"}'],
    ['has an empty text there', '{"password":"","other":"hunter2"}'],
    ['has a number there', '{"password":7,"other":"hunter2"}'],
  ] as const) {
    test(`that ${what} is SecretUnavailable, and nothing of it is told`, async () => {
      const error = await failureOf(reader(text).secrets({ secretsManager: arn, key: 'password' }));
      assert.equal(error.name, 'SecretUnavailable');
      assert(error.message.includes(arn));
      assert.match(error.message, /"password"/);
      assert.doesNotMatch(`${error.message}${error.remedy}${String(error.cause)}`, /hunter2/);
    });
  }

  test('under a key that every object has is not there', async () => {
    const error = await failureOf(
      reader('{"password":"x"}').secrets({ secretsManager: arn, key: 'constructor' }),
    );
    assert.equal(error.name, 'SecretUnavailable');
  });

  for (const text of [undefined, '']) {
    test(`without a text (${JSON.stringify(text)}) is SecretUnavailable`, async () => {
      const error = await failureOf(reader(text).secrets({ secretsManager: arn }));
      assert.equal(error.name, 'SecretUnavailable');
      assert.match(error.message, /has no text value$/);
    });
  }

  test('that may not be read says what must be allowed', async () => {
    const denied = secretReader({}, async () => {
      throw new Error('User is not authorized to perform: secretsmanager:GetSecretValue');
    });
    const error = await failureOf(denied({ secretsManager: arn }));
    assert.equal(error.name, 'SecretUnavailable');
    assert.match(error.message, /cannot be read: User is not authorized/);
    assert.match(error.remedy ?? '', /secretsmanager:GetSecretValue \(and kms:Decrypt\)/);
  });
});

describe('the name of a secret', () => {
  for (const ref of [
    { env: 'ES_PASSWORD' },
    { secretsManager: arn },
    { secretsManager: arn, key: 'password' },
  ]) {
    test(`can be ${JSON.stringify(ref)}`, () => {
      assert.deepEqual(secretRef.parse(ref), ref);
    });
  }

  for (const ref of [
    'hunter2',
    {},
    { env: '1PASSWORD' },
    { env: 'A', secretsManager: arn },
    { env: 'A', key: 'password' },
    { secretsManager: 'camunda/elasticsearch' },
    { secretsManager: arn, key: '' },
    { secretsManager: 'arn:aws:s3:::bucket' },
  ]) {
    test(`cannot be ${JSON.stringify(ref)}`, () => {
      assert.equal(secretRef.safeParse(ref).success, false);
    });
  }
});

describe('the Authorization header', () => {
  const { secrets } = reader('{"password":"hunter2","key":"a2V5"}');

  test('of a username and a password is Basic, also with a colon and with other letters than ASCII', async () => {
    const value = await authorization(
      { username: 'bäckup', password: { secretsManager: arn, key: 'password' } },
      async (ref) => `${await secrets(ref)}:ü`,
    );
    assert.equal(value, `Basic ${Buffer.from('bäckup:hunter2:ü').toString('base64')}`);
  });

  test('of an API key is ApiKey', async () => {
    assert.equal(
      await authorization({ apiKey: { secretsManager: arn, key: 'key' } }, secrets),
      'ApiKey a2V5',
    );
  });

  for (const wrong of [
    {},
    { username: 'a' },
    { password: { env: 'A' } },
    { username: 'a', apiKey: { env: 'A' } },
  ]) {
    test(`cannot be made of ${JSON.stringify(wrong)}`, () => {
      assert.equal(auth.safeParse(wrong).success, false);
    });
  }
});

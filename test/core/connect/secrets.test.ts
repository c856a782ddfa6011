import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { secretReader, secretRef } from '../../../core/connect/secrets.ts';
import { BackupError } from '../../../core/errors.ts';
import { failureOf } from '../fakes.ts';

const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:camunda/elasticsearch-AbCdEf';

function reader(text: string | undefined, environment: NodeJS.ProcessEnv = {}) {
  const fetched: string[] = [];
  const secrets = secretReader(environment, async (asked) => {
    fetched.push(asked);
    return text;
  });
  return { secrets, fetched };
}

describe('A secret of the environment', () => {
  test('A secret of the environment is the value of its variable, and Secrets Manager is not asked', async () => {
    const { secrets, fetched } = reader('other', { ES_PASSWORD: 'hunter2' });
    assert.equal(await secrets({ env: 'ES_PASSWORD' }), 'hunter2');
    assert.deepEqual(fetched, []);
  });

  for (const { what, environment } of [
    { what: 'not set', environment: {} },
    { what: 'empty', environment: { ES_PASSWORD: '' } },
  ] as const) {
    test(`A secret of the environment that is ${what} is SecretUnavailable, with its name`, async () => {
      const error = await failureOf(reader(undefined, environment).secrets({ env: 'ES_PASSWORD' }));
      assert.equal(error.name, 'SecretUnavailable');
      assert.match(error.message, /The environment variable ES_PASSWORD/);
      assert.match(error.remedy ?? '', /Set ES_PASSWORD/);
    });
  }
});

describe('A secret of Secrets Manager', () => {
  test('A secret without a key is its text, also where the text is JSON', async () => {
    const { secrets, fetched } = reader('{"password":"hunter2"}');
    assert.equal(await secrets({ secretsManager: arn }), '{"password":"hunter2"}');
    assert.deepEqual(fetched, [arn]);
  });

  test('A secret with a key is the text under that key in a JSON object', async () => {
    const { secrets } = reader('{"username":"backup","password":"hunter2","port":9200}');
    assert.equal(await secrets({ secretsManager: arn, key: 'password' }), 'hunter2');
  });

  for (const { what, text } of [
    { what: 'is no JSON', text: 'hunter2' },
    { what: 'is a list', text: '["hunter2"]' },
    { what: 'is a text in quotes', text: '"hunter2"' },
    { what: 'has no such key', text: '{"secret":"hunter2"}' },
    { what: 'has an empty text there', text: '{"password":"","other":"hunter2"}' },
    { what: 'has a number there', text: '{"password":7,"other":"hunter2"}' },
  ] as const) {
    test(`A secret with a key that ${what} is SecretUnavailable, and nothing of it is told`, async () => {
      const error = await failureOf(reader(text).secrets({ secretsManager: arn, key: 'password' }));
      assert.equal(error.name, 'SecretUnavailable');
      assert(error.message.includes(arn));
      assert.match(error.message, /"password"/);
      assert.doesNotMatch(`${error.message}${error.remedy}${String(error.cause)}`, /hunter2/);
    });
  }

  test('A secret under a key that every object has is not there', async () => {
    const error = await failureOf(
      reader('{"password":"x"}').secrets({ secretsManager: arn, key: 'constructor' }),
    );
    assert.equal(error.name, 'SecretUnavailable');
  });

  for (const text of [undefined, '']) {
    test(`A secret without a text (${JSON.stringify(text)}) is SecretUnavailable`, async () => {
      const error = await failureOf(reader(text).secrets({ secretsManager: arn }));
      assert.equal(error.name, 'SecretUnavailable');
      assert.match(error.message, /has no text value$/);
    });
  }

  test('A secret is not asked for twice to say what is wrong with it', async () => {
    const failing = secretReader({}, async () => {
      throw new BackupError('Unreachable', 'no way');
    });
    assert.equal((await failureOf(failing({ secretsManager: arn }))).name, 'Unreachable');
  });
});

describe('A value that no login can carry', () => {
  const refs = [
    {
      where: 'the environment',
      ref: { env: 'ES_PASSWORD' },
      name: /The environment variable ES_PASSWORD/,
      remedy: /^Set ES_PASSWORD without/,
    },
    {
      where: 'Secrets Manager',
      ref: { secretsManager: arn },
      name: /^The secret arn:/,
      remedy: /put-secret-value --secret-id arn:/,
    },
    {
      where: 'a key in Secrets Manager',
      ref: { secretsManager: arn, key: 'password' },
      name: /^"password" of the secret arn:/,
      remedy: /put-secret-value --secret-id arn:/,
    },
  ] as const;
  for (const { where, ref, name, remedy } of refs) {
    for (const { what, value, says } of [
      { what: 'a last line break', value: 'hunter2\n', says: /ends in a line break/ },
      { what: 'a last line break of Windows', value: 'hunter2\r\n', says: /ends in a line break/ },
      { what: 'a line break inside', value: 'hunter2\nhunter3', says: /contains a line break/ },
      {
        what: 'a control character',
        value: 'hunter2\u0007!',
        says: /contains a control character \(U\+0007\)/,
      },
      {
        what: 'a zero byte at its end',
        value: 'hunter2\u0000',
        says: /contains a control character \(U\+0000\)/,
      },
    ] as const) {
      test(`A value with ${what} is refused by its name, of ${where}`, async () => {
        const text = 'key' in ref ? JSON.stringify({ password: value }) : value;
        const error = await failureOf(reader(text, { ES_PASSWORD: value }).secrets(ref));
        assert.equal(error.name, 'SecretUnavailable');
        assert.match(error.message, name);
        assert.match(error.message, says);
        assert.match(error.remedy ?? '', remedy);
        assert.doesNotMatch(`${error.message} ${error.remedy}`, /hunter/);
      });
    }
  }

  test('A password with blanks around it is used as it is, and they are said once', async () => {
    const warnings: string[] = [];
    const secrets = secretReader(
      { ES_PASSWORD: ' hunter2 ' },
      async () => undefined,
      (text) => warnings.push(text),
    );
    assert.equal(await secrets({ env: 'ES_PASSWORD' }), ' hunter2 ');
    await secrets({ env: 'ES_PASSWORD' });
    assert.deepEqual(warnings, [
      'The environment variable ES_PASSWORD begins or ends with a blank, and is used as it is.',
    ]);
  });
});

describe('The name of a secret', () => {
  for (const ref of [
    { env: 'ES_PASSWORD' },
    { secretsManager: arn },
    { secretsManager: arn, key: 'password' },
  ]) {
    test(`The name of a secret can be ${JSON.stringify(ref)}`, () => {
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
    test(`The name of a secret cannot be ${JSON.stringify(ref)}`, () => {
      assert.equal(secretRef.safeParse(ref).success, false);
    });
  }
});

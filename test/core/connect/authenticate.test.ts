import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { type Auth, auth, authenticate } from '../../../core/connect/authenticate.ts';
import { type Secrets, secretReader } from '../../../core/connect/secrets.ts';
import { failureOf, fakeHttp } from '../fakes.ts';

const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:camunda/elasticsearch-AbCdEf';

const signed = (auth: Auth | undefined, secrets: Secrets) =>
  authenticate(
    auth,
    { method: 'GET', url: 'http://zeebe:9600/actuator', headers: {} },
    { secrets, http: fakeHttp().http },
  );

describe('The Authorization header', () => {
  const secrets = secretReader({}, async () => '{"password":"hunter2","key":"a2V5"}');

  test('The header of a username and a password is Basic, also with a colon and letters beyond ASCII', async () => {
    const headers = await signed(
      { username: 'bäckup', password: { secretsManager: arn, key: 'password' } },
      async (ref) => `${await secrets(ref)}:ü`,
    );
    assert.deepEqual(headers, {
      authorization: `Basic ${Buffer.from('bäckup:hunter2:ü').toString('base64')}`,
    });
  });

  test('The header of an API key is ApiKey', async () => {
    assert.deepEqual(await signed({ apiKey: { secretsManager: arn, key: 'key' } }, secrets), {
      authorization: 'ApiKey a2V5',
    });
  });

  test('A request without a scheme has no header', async () => {
    assert.deepEqual(await signed(undefined, secrets), {});
  });

  for (const wrong of [
    {},
    { username: 'a' },
    { password: { env: 'A' } },
    { username: 'a', apiKey: { env: 'A' } },
  ]) {
    test(`A header cannot be made of ${JSON.stringify(wrong)}`, () => {
      assert.equal(auth.safeParse(wrong).success, false);
    });
  }
});

describe('The settings of a login', () => {
  for (const key of [' a2V5', 'a2V5 ', 'a2 V5', 'schlüssel', 'a2V5\u200b']) {
    test(`An API key like ${JSON.stringify(key)} is refused`, async () => {
      const secrets = secretReader({ ES_KEY: key }, async () => undefined);
      const error = await failureOf(signed({ apiKey: { env: 'ES_KEY' } }, secrets));
      assert.equal(error.name, 'SecretUnavailable');
      assert.match(error.message, /^The environment variable ES_KEY is not an API key/);
      assert(!error.message.includes(key));
    });
  }

  for (const username of ['a:b', 'backup\n', 'a\tb']) {
    test(`A user name like ${JSON.stringify(username)} is refused by the configuration`, () => {
      const { error } = auth.safeParse({ username, password: { env: 'A' } });
      assert.match(error?.issues[0]?.message ?? '', /has a colon or a line break in it/);
    });
  }

  for (const { settings } of [
    { settings: { username: 'backup', password: { env: 'A' } } },
    { settings: { apiKey: { secretsManager: arn, key: 'key' } } },
  ]) {
    test(`A plan that contains ${Object.keys(settings)} is read as it was written`, () => {
      assert.deepEqual(auth.parse(auth.parse(settings)), settings);
    });
  }
});

import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { secretReader } from '../../../core/connect/secrets.ts';
import { failureOf } from '../fakes.ts';

const encoded = (bytes: number) => Buffer.alloc(bytes, 250).toString('base64');
const read = (value: string) =>
  secretReader({ KEY: value }, async () => undefined)({ env: 'KEY' }, 'signingKey');

describe('The key of the signatures of a webhook', () => {
  for (const { what, value } of [
    { what: 'of 24 bytes', value: `whsec_${encoded(24)}` },
    { what: 'of 64 bytes', value: `whsec_${encoded(64)}` },
    { what: 'without its prefix', value: encoded(32) },
    { what: 'that ends in a line break', value: `whsec_${encoded(32)}\n` },
  ]) {
    test(`A key ${what} is used`, async () => {
      assert.equal(await read(value), value);
    });
  }

  for (const { what, value, says } of [
    { what: 'that is a password', value: 'correct horse battery staple', says: 'is not base64' },
    { what: 'in the alphabet of URLs', value: `whsec_${'-_'.repeat(16)}`, says: 'is not base64' },
    {
      what: 'of another length than base64 has',
      value: `whsec_${encoded(32).slice(1)}`,
      says: 'is not base64',
    },
    { what: 'that is too short', value: `whsec_${encoded(23)}`, says: 'has 23 bytes instead of 24 to 64' },
    { what: 'that is too long', value: encoded(65), says: 'has 65 bytes instead of 24 to 64' },
    { what: 'of nothing but a prefix', value: 'whsec_', says: 'is not base64' },
  ]) {
    test(`A key ${what} is refused without being repeated, with the command that makes a right one`, async () => {
      const error = await failureOf(read(value));
      assert.equal(error.name, 'SecretUnavailable');
      assert.equal(error.message, `The environment variable KEY is no key for signatures: it ${says}`);
      assert.match(error.remedy ?? '', /openssl rand -base64 32/);
    });
  }
});

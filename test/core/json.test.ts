import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { parseJson } from '../../core/json.ts';

describe('JSON that somebody else wrote', () => {
  test('JSON keeps every integer that a number holds as a number', () => {
    const text = '{"a":9007199254740991,"b":-9007199254740991,"c":[0,1.5],"d":1e3}';
    assert.deepEqual(parseJson(text), {
      a: Number.MAX_SAFE_INTEGER,
      b: -Number.MAX_SAFE_INTEGER,
      c: [0, 1.5],
      d: 1000,
    });
  });

  test('JSON has an integer that a number would round as a bigint, wherever it stands', () => {
    const text = '{"a":9007199254740992,"b":[{"c":-9223372036854775808}],"d":9223372036854775807}';
    assert.deepEqual(parseJson(text), {
      a: 9007199254740992n,
      b: [{ c: -9223372036854775808n }],
      d: 9223372036854775807n,
    });
  });

  test('JSON leaves long digits in a text, and fractions, as they are', () => {
    const text = '{"a":"20260101120000123","b":0.1234567890123456,"c":1e300}';
    assert.deepEqual(parseJson(text), { a: '20260101120000123', b: 0.1234567890123456, c: 1e300 });
  });

  test('A text that is no JSON is read as nothing', () => {
    assert.equal(parseJson('{'), undefined);
    assert.equal(parseJson('{"a":9007199254740992'), undefined);
  });
});

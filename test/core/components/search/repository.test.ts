import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { readNames, readRepository } from '../../../../core/components/search/repository.ts';
import { thrownBy } from '../../fakes.ts';

const url = 'http://es:9200';

describe('The repository of snapshots', () => {
  for (const { what, registered, readonly } of [
    {
      what: 'that says nothing is writable',
      registered: { type: 'fs', settings: { location: '/srv/repo' } },
      readonly: undefined,
    },
    { what: 'without settings is writable', registered: { type: 's3' }, readonly: undefined },
    {
      what: 'that says false is writable',
      registered: { type: 's3', settings: { readonly: 'false' } },
      readonly: undefined,
    },
    {
      what: 'that says true as a text is readonly',
      registered: { type: 's3', settings: { readonly: 'true' } },
      readonly: 'setting',
    },
    {
      what: 'that says true is readonly',
      registered: { type: 'fs', settings: { readonly: true } },
      readonly: 'setting',
    },
    {
      what: 'of the type url is readonly',
      registered: { type: 'url', settings: { url: 'http://backups/' } },
      readonly: 'type',
    },
    {
      what: 'of a form that is not known is writable',
      registered: { type: 7, settings: 'none' },
      readonly: undefined,
    },
  ] as const) {
    test(`A repository ${what}`, () => {
      assert.deepEqual(readRepository(url, { camunda: registered }, 'camunda'), { readonly });
    });
  }

  test('A repository that is not in the answer is an unexpected answer', async () => {
    for (const body of [{}, { other: { type: 'fs' } }, '<html>']) {
      const error = await thrownBy(() => readRepository(url, body, 'camunda'));
      assert.equal(error.name, 'UnexpectedAnswer');
      assert.match(error.message, /http:\/\/es:9200 told of the repository camunda/);
    }
  });
});

test('A list in a form that is not known is an unexpected answer', async () => {
  const error = await thrownBy(() => readNames(url, { snapshots: [{ name: 'a' }] }));
  assert.equal(error.name, 'UnexpectedAnswer');
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readNames, readRepository } from '../../../core/search/repository.ts';
import { thrownBy } from '../fakes.ts';

const url = 'http://es:9200';

describe('a repository', () => {
  for (const [what, registered, readonly] of [
    ['that says nothing is writable', { type: 'fs', settings: { location: '/srv/repo' } }, undefined],
    ['without settings is writable', { type: 's3' }, undefined],
    ['that says false is writable', { type: 's3', settings: { readonly: 'false' } }, undefined],
    ['that says true as a text is readonly', { type: 's3', settings: { readonly: 'true' } }, 'setting'],
    ['that says true is readonly', { type: 'fs', settings: { readonly: true } }, 'setting'],
    ['of the type url is readonly', { type: 'url', settings: { url: 'http://backups/' } }, 'type'],
    ['of a form that is not known is writable', { type: 7, settings: 'none' }, undefined],
  ] as const) {
    test(what, () => {
      assert.deepEqual(readRepository(url, { camunda: registered }, 'camunda'), { readonly });
    });
  }

  test('that is not in the answer is an unexpected answer', async () => {
    for (const body of [{}, { other: { type: 'fs' } }, '<html>']) {
      const error = await thrownBy(() => readRepository(url, body, 'camunda'));
      assert.equal(error.name, 'UnexpectedAnswer');
      assert.match(error.message, /http:\/\/es:9200 told of the repository camunda/);
    }
  });
});

test('a list in a form that is not known is an unexpected answer', async () => {
  const error = await thrownBy(() => readNames(url, { snapshots: [{ name: 'a' }] }));
  assert.equal(error.name, 'UnexpectedAnswer');
});

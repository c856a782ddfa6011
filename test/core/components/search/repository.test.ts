import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { readNames, readRepository } from '../../../../core/components/search/repository.ts';
import { thrownBy } from '../../fakes.ts';

const url = 'http://es:9200';

describe('The repository of snapshots', () => {
  for (const { what, registered, readonly, definition } of [
    {
      what: 'that says nothing is writable',
      registered: { type: 'fs', settings: { location: '/srv/repo' } },
      readonly: undefined,
      definition: { type: 'fs', settings: { location: '/srv/repo' }, omittedSettings: [] },
    },
    {
      what: 'without settings is writable',
      registered: { type: 's3' },
      readonly: undefined,
      definition: { type: 's3', settings: {}, omittedSettings: [] },
    },
    {
      what: 'that says false is writable',
      registered: { type: 's3', settings: { readonly: 'false' } },
      readonly: undefined,
      definition: { type: 's3', settings: { readonly: 'false' }, omittedSettings: [] },
    },
    {
      what: 'that says true as a text is readonly',
      registered: { type: 's3', settings: { readonly: 'true' } },
      readonly: 'setting',
      definition: { type: 's3', settings: { readonly: 'true' }, omittedSettings: [] },
    },
    {
      what: 'that says true is readonly',
      registered: { type: 'fs', settings: { readonly: true } },
      readonly: 'setting',
      definition: { type: 'fs', settings: { readonly: 'true' }, omittedSettings: [] },
    },
    {
      what: 'of the type url is readonly',
      registered: { type: 'url', settings: { url: 'http://backups/' } },
      readonly: 'type',
      definition: { type: 'url', settings: {}, omittedSettings: ['url'] },
    },
    {
      what: 'of a form that is not known is writable',
      registered: { type: 7, settings: 'none' },
      readonly: undefined,
      definition: { settings: {}, omittedSettings: [] },
    },
  ] as const) {
    test(`A repository ${what}`, () => {
      assert.deepEqual(readRepository(url, { camunda: registered }, 'camunda'), {
        readonly,
        definition,
      });
    });
  }

  test('What registers a repository elsewhere is kept, and what may be a secret is named without its value', () => {
    const settings = {
      bucket: 'backups',
      base_path: 'camunda',
      path_style_access: 'true',
      endpoint: 'https://key:secret@minio:9000',
      access_key: 'AKIA',
      secret_key: 'not-to-be-seen',
      nested: { region: 'eu-central-1' },
    };
    const { definition } = readRepository(url, { camunda: { type: 's3', settings } }, 'camunda');
    assert.deepEqual(definition, {
      type: 's3',
      settings: { bucket: 'backups', base_path: 'camunda', path_style_access: 'true' },
      omittedSettings: ['access_key', 'endpoint', 'nested', 'secret_key'],
    });
  });

  test('A repository that is not in the answer is an unexpected answer', async () => {
    for (const body of [{}, { other: { type: 'fs' } }, '<html>']) {
      const error = await thrownBy(() => readRepository(url, body, 'camunda'));
      assert.equal(error.name, 'UnexpectedAnswer');
      assert.match(error.message, /http:\/\/es:9200 described the repository camunda/);
    }
  });
});

test('A list in a form that is not known is an unexpected answer', async () => {
  const error = await thrownBy(() => readNames(url, { snapshots: [{ name: 'a' }] }));
  assert.equal(error.name, 'UnexpectedAnswer');
});

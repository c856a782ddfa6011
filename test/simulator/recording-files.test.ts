import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from '@jest/globals';
import { exchanges, recording } from '../../recordings/recording.ts';

const root = path.resolve(import.meta.dirname, '../../recordings');
const files = globSync('**/*.json', { cwd: root }).map((name) => {
  const json: unknown = JSON.parse(readFileSync(path.join(root, name), 'utf8'));
  return { name, json };
});
const ofExchanges = files.flatMap(({ name, json }) => {
  const { data } = exchanges.safeParse(json);
  return data ? [{ name, ...data }] : [];
});

test('Every recording is read by the one schema, with the version of its server and its day', () => {
  assert.ok(files.length >= 20, `${files.length} files`);
  for (const { name, json } of files) assert.equal(recording.safeParse(json).error, undefined, name);
});

test('Every recording stands in the folder of its server and version', () => {
  for (const { name, json } of files) {
    const { server } = recording.parse(json);
    assert.equal(path.dirname(name), server.toLowerCase().replace(' ', '-'), name);
  }
});

test('An exchange is found by its title: no file has the same title twice', () => {
  assert.ok(ofExchanges.length >= 15, `${ofExchanges.length} files`);
  for (const { name, exchanges } of ofExchanges) {
    const titles = exchanges.map(({ title }) => title);
    assert.deepEqual(titles, [...new Set(titles)], name);
  }
});

test('No exchange stands in two files', () => {
  const places = new Map<string, string>();
  for (const { name, server, exchanges } of ofExchanges) {
    for (const { at, request, response } of exchanges) {
      const same = JSON.stringify([server, at, request, response]);
      assert.equal(places.get(same) ?? name, name, `${request.method} ${request.path} at ${at}`);
      places.set(same, name);
    }
  }
});

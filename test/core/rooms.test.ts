import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '../..');

/** Core's rooms: each may import itself and those before it. The two rooms of single files are in core/ itself. */
const rooms = [
  'base',
  'connect',
  'config',
  'components',
  'ledger',
  'context',
  'tell',
  'checks',
  'inventory',
  'delete',
  'verify',
  'backup',
  'repair',
  'watch',
  'doctor',
];

/** Files of core/ that know all rooms up to the ledger; the others there are the base, and know none. */
const contextual = ['context.ts', 'calls.ts'];

const sources = (folder: string) =>
  [...readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })]
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(folder, file));

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)[ (]'(\.[^']+)'/g)].map(([, to]) =>
    path.join(path.dirname(file), to ?? ''),
  );
}

function roomOf(file: string): string {
  const [, room, ...rest] = file.split('/');
  if (rest.length > 0) return room ?? '';
  return contextual.includes(room ?? '') ? 'context' : 'base';
}

test('Every room of core has its place in the order of imports', () => {
  const files = sources('core');
  assert.ok(files.length > 50);
  assert.deepEqual([...new Set(files.map(roomOf))].sort(), [...rooms].sort());
});

test('A room of core imports only rooms that come before it, and nothing outside of core', () => {
  const upward = sources('core').flatMap((file) =>
    importsOf(file)
      .filter((to) => !to.startsWith('core/') || rooms.indexOf(roomOf(to)) > rooms.indexOf(roomOf(file)))
      .map((to) => `${file} imports ${to}`),
  );
  assert.deepEqual(upward, []);
});

/** What each folder may import besides itself. */
const imported: Record<string, string[]> = {
  core: [],
  deployment: ['core'],
  lambdas: ['core', 'deployment'],
  statemachine: ['core', 'deployment', 'lambdas'],
  infra: ['core', 'deployment', 'lambdas', 'statemachine'],
  cli: ['core', 'deployment', 'lambdas', 'statemachine', 'simulator'],
  // They know nothing of the product.
  recordings: [],
  simulator: ['recordings'],
};

test('A folder imports only folders that come before it, and the simulator nothing of the product', () => {
  const wrong = Object.entries(imported).flatMap(([folder, others]) =>
    sources(folder).flatMap((file) =>
      importsOf(file)
        .filter((to) => ![folder, ...others].includes(to.split('/')[0] ?? '') && to !== 'package.json')
        .map((to) => `${file} imports ${to}`),
    ),
  );
  assert.deepEqual(wrong, []);
});

test('A source file has at most 250 lines, so that it can be read in one go', () => {
  const folders = ['core', 'lambdas', 'cli', 'infra', 'deployment', 'statemachine', 'simulator', 'bench'];
  const long = folders
    .filter((folder) => readdirSync(root).includes(folder))
    .flatMap(sources)
    .map((file) => ({ file, lines: readFileSync(path.join(root, file), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > 250);
  assert.deepEqual(long, []);
});

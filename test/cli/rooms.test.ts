import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '../..');

/** The rooms of the command line: each may import itself and those below it. */
const rooms = [
  'line',
  'commands',
  'stack',
  'repair',
  'check',
  'inventory',
  'verify',
  'metrics',
  'status',
  'local',
  'process',
  'screen',
  'outcome',
];

/** The rooms whose files are in cli/ itself. */
const files: Record<string, string> = {
  'start.ts': 'line',
  'main.ts': 'line',
  'command-line.ts': 'line',
  'program.ts': 'line',
  'ended-by-error.ts': 'line',
  'json-on-error.ts': 'line',
  'json-schemas.ts': 'line',
  'host.ts': 'process',
  'invocation.ts': 'process',
  'signals.ts': 'process',
  'end-now.ts': 'process',
  'result.ts': 'outcome',
  'verdict.ts': 'outcome',
  'failure.ts': 'outcome',
  'exit-codes.ts': 'outcome',
  'alert-test-result.ts': 'outcome',
};

function roomOf(file: string): string {
  const [, first = '', ...rest] = file.split('/');
  return (rest.length > 0 ? first : files[first]) ?? file;
}

const sources = readdirSync(path.join(root, 'cli'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => path.join('cli', file));

/** Also those that are loaded only when they are needed. */
function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)[ (]'(\.[^']+)'/g)].map(([, to]) =>
    path.join(path.dirname(file), to ?? ''),
  );
}

test('Every file of the command line has its place in the order of imports', () => {
  assert.ok(sources.length > 50);
  assert.equal([...new Set(sources.map(roomOf))].sort().join(' '), [...rooms].sort().join(' '));
});

test('A room of the command line imports only rooms that come below it', () => {
  const upward = sources.flatMap((file) =>
    importsOf(file)
      .filter((to) => to.startsWith('cli/') && rooms.indexOf(roomOf(to)) < rooms.indexOf(roomOf(file)))
      .map((to) => `${file} imports ${to}`),
  );
  assert.equal(upward.join('\n'), '');
});

test('No file of the command line imports itself by way of others', () => {
  const graph = new Map(sources.map((file) => [file, importsOf(file).filter((to) => to.startsWith('cli/'))]));
  // What imports nothing that is left is taken away: what stays in the end is in a circle, or leads into one.
  for (let size = 0; size !== graph.size; ) {
    size = graph.size;
    for (const [file, imports] of graph) if (!imports.some((to) => graph.has(to))) graph.delete(file);
  }
  assert.equal([...graph.keys()].join('\n'), '');
});

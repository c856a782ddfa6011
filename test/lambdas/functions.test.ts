import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { allFunctions, together } from '../../lambdas/functions.ts';

test('The file that a definition names is the one that it stands in, beside the work that is deployed', async () => {
  for (const [name, { definition, work }] of Object.entries(allFunctions)) {
    const file: unknown = await import(`../../lambdas/${definition.file}`);
    assert(typeof file === 'object' && file !== null && 'definition' in file && 'work' in file);
    assert.equal(file.definition, definition, name);
    assert.equal(file.work, work, name);
  }
});

test('Two groups with a function of the same name are refused, so that none overwrites the other', () => {
  assert.deepEqual(together({ A: 1 }, { B: 2 }), { A: 1, B: 2 });
  assert.throws(() => together({ A: 1, B: 2 }, { B: 2 }), /Two functions have the name B/);
});

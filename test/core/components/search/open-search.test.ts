import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { openSearch } from '../../../../core/components/search/open-search.ts';
import { fakeSearch, TestClock } from '../../fakes.ts';

const address = { engine: 'opensearch', url: 'http://search:9200' } as const;
const never = () => new Promise<never>(() => {});

function opening(change: Partial<ReturnType<typeof fakeSearch>> = {}) {
  const engine = { ...fakeSearch(), ...change };
  return { clock: new TestClock(), search: async () => engine };
}

async function use<T>(context: ReturnType<typeof opening>, work: () => Promise<T>): Promise<T> {
  await using engine = await openSearch(address, context);
  assert.equal(await engine.version(), 'elasticsearch 8.16.6');
  return await work();
}

describe('A search engine that is used', () => {
  test('A search engine is closed after its use, and what came of it is handed on', async () => {
    let closed = 0;
    const context = opening({
      close: async () => {
        closed += 1;
      },
    });
    const before = context.clock.now();
    assert.equal(await use(context, async () => 'used'), 'used');
    assert.equal(closed, 1);
    assert.equal(context.clock.now(), before, 'nobody waited');
  });

  test('A search engine that cannot be closed keeps nobody waiting for longer than three seconds', async () => {
    const context = opening({ close: never });
    const before = context.clock.now();
    assert.equal(await use(context, async () => 'used'), 'used');
    assert.equal(context.clock.now() - before, 3000);
  });

  for (const { what, close } of [
    { what: 'never ends to be closed', close: never },
    {
      what: 'says no when it is closed',
      close: async () => {
        throw new Error('not closed');
      },
    },
  ] as const) {
    test(`A search engine that ${what} does not hide what went wrong before`, async () => {
      const work = async () => {
        throw new Error('the first error');
      };
      await assert.rejects(use(opening({ close }), work), /^Error: the first error$/);
    });
  }
});

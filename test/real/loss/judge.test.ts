import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { judge, type Known, type Shown, unknownOrders } from './judge.ts';

const known: Known[] = [
  { key: '1', order: 'a', state: 'COMPLETED' },
  { key: '2', order: 'b', state: 'ACTIVE' },
];

const nothing = { lost: [], doubled: [] };

describe('what is lost or doubled', () => {
  it('Nothing is lost or doubled where an application shows what the engine knows', () => {
    assert.deepEqual(judge('operate', known, known), nothing);
  });

  it.each<{ shown: Shown[]; what: string; lost?: string[]; doubled?: string[] }>([
    {
      what: 'An instance that is not shown',
      shown: known.slice(0, 1),
      lost: ['operate does not show b (2)'],
    },
    {
      what: 'A completed instance that is shown as active',
      shown: known.map((instance) => ({ ...instance, state: 'ACTIVE' })),
      lost: ['operate shows a (1) as active, which is completed'],
    },
    {
      what: 'An instance that the engine never began',
      shown: [...known, { key: '3', order: 'c', state: 'ACTIVE' }],
      doubled: ['operate shows c (3), which was never begun'],
    },
    {
      what: 'An active instance that is shown as completed',
      shown: known.map((instance) => ({ ...instance, state: 'COMPLETED' })),
      doubled: ['operate shows b (2) as completed, which is active'],
    },
    {
      what: 'An order with two documents of one instance',
      shown: [...known, ...known.slice(0, 1)],
      doubled: ['operate shows a 2 times'],
    },
    {
      what: 'An order that was begun again beside what was left of the first time',
      shown: [...known, { key: '3', order: 'b', state: 'COMPLETED' }],
      doubled: ['operate shows b (3), which was never begun', 'operate shows b 2 times'],
    },
    {
      what: 'A key that the engine has given to another order',
      shown: known.map((instance) => (instance.key === '2' ? { ...instance, order: 'c' } : instance)),
      lost: ['operate does not show b (2)'],
      doubled: ['operate shows c (2), which was never begun'],
    },
  ])('$what is found', ({ shown, lost = [], doubled = [] }) => {
    assert.deepEqual(judge('operate', known, shown), { lost, doubled });
  });

  it('Orders that the engine itself has forgotten are found', () => {
    assert.deepEqual(unknownOrders(['a', 'b', 'z'], known), ['z']);
  });
});

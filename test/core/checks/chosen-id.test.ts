import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { chosenId, type IdFact } from '../../../core/checks/chosen-id.ts';
import type { ComponentState, Part } from '../../../core/components/component.ts';
import { BackupError } from '../../../core/errors.ts';

const zeebe = { kind: 'zeebe', component: 'zeebe' } as const;
const operate = { kind: 'application', component: 'operate' } as const;
const optimize = { kind: 'application', component: 'optimize' } as const;
const records = { kind: 'records', component: 'records' } as const;

const says = (target: IdFact['target'], state: ComponentState, parts: Part[] = []): IdFact => ({
  target,
  status: { known: { state, parts } },
});
const part: Part = { name: 'one', state: 'IN_PROGRESS' };
const silent: IdFact = {
  target: zeebe,
  status: { unknown: new BackupError('ServerTrouble', 'no answer') },
};

describe('What components without a list say of the chosen id', () => {
  for (const { what, facts, found } of [
    { what: 'that no component was asked for', facts: [], found: [] },
    { what: 'that no component knows', facts: [says(zeebe, 'ABSENT')], found: [] },
    {
      what: 'that a component has',
      facts: [says(operate, 'INCOMPLETE'), says(zeebe, 'ABSENT')],
      found: ['BackupIdRefused operate'],
    },
    {
      what: 'that a component is working on',
      facts: [says(operate, 'IN_PROGRESS', [part])],
      found: ['BackupIdRefused operate'],
    },
    {
      what: 'of which a component says IN_PROGRESS and nothing more',
      facts: [says(operate, 'IN_PROGRESS')],
      found: ['ServerTrouble operate'],
    },
    {
      what: 'of which two components say nothing',
      facts: [silent, { ...silent, target: optimize }],
      found: ['ServerTrouble zeebe', 'ServerTrouble optimize'],
    },
    {
      what: 'that one component has, while another says nothing,',
      facts: [silent, says(records, 'COMPLETED')],
      found: ['BackupIdRefused records'],
    },
  ] satisfies { what: string; facts: IdFact[]; found: string[] }[]) {
    const refusal = found.length === 0 ? 'is free' : `is refused: ${found.join(', ')}`;
    test(`An id ${what} ${refusal}`, () => {
      assert.deepEqual(
        chosenId(7, facts).map(({ error, subject }) => `${error} ${subject}`),
        found,
      );
    });
  }
});

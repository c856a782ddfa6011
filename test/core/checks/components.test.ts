import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { backupStore, components, endedIds, missingLists } from '../../../core/checks/components.ts';
import type { BackupList } from '../../../core/checks/lists.ts';
import type { ApplicationTarget } from '../../../core/components/applications/target.ts';
import type { ComponentState } from '../../../core/components/component.ts';
import type { ErrorName } from '../../../core/error-names.ts';
import { BackupError } from '../../../core/errors.ts';
import { at } from '../fake-cluster.ts';
import { factsOf } from './facts-world.ts';

const lists = {
  zeebe: (rest: Partial<BackupList>): BackupList => ({
    target: { kind: 'zeebe', component: 'zeebe', url: at.zeebe, path: 'backupRuntime', partitions: 3 },
    backups: [],
    ...rest,
  }),
  application: (component: ApplicationTarget['component'], rest: Partial<BackupList>): BackupList => ({
    target: { kind: 'application', component, url: at.optimize, path: 'backups' },
    backups: [],
    ...rest,
  }),
};
const taking = (backupId: number, state: ComponentState = 'IN_PROGRESS') => ({
  backups: [{ backupId, state }],
});
const because = (name: ErrorName) => ({ error: new BackupError(name, 'no list') });

describe('A component that is taking a backup', () => {
  for (const { what, list, ours, told } of [
    {
      what: 'that nobody knows',
      list: lists.application('optimize', taking(41)),
      ours: {},
      told: /does not know/,
    },
    {
      what: 'of an older run of this ledger',
      list: lists.application('optimize', taking(41)),
      ours: { ledgerIds: [41] },
      told: /which an earlier run of this ledger started/,
    },
    {
      what: 'of this run itself',
      list: lists.application('optimize', taking(41)),
      ours: { ids: [41], ledgerIds: [41] },
      told: undefined,
    },
    {
      what: 'that has ended',
      list: lists.application('optimize', taking(41, 'COMPLETED')),
      ours: {},
      told: undefined,
    },
    {
      what: 'in Zeebe, which takes several at once',
      list: lists.zeebe(taking(41)),
      ours: {},
      told: undefined,
    },
  ]) {
    test(`A backup ${what} ${told ? 'refuses another one' : 'is in nobody’s way'}`, () => {
      const [found, ...others] = components(factsOf({ cluster: { lists: [list] }, ours }));
      assert.deepEqual(others, []);
      assert.equal(found?.error, told && 'ComponentBusy');
      if (told) assert.match(found?.says ?? '', told);
    });
  }
});

describe('A component that does not list its backups', () => {
  for (const { what, list, found } of [
    {
      what: 'Zeebe that refuses to list has no store',
      list: lists.zeebe(because('RequestRefused')),
      found: ['backupStore error zeebe'],
    },
    {
      what: 'An application that refuses to list has no repository',
      list: lists.application('tasklist', because('RequestRefused')),
      found: ['components error tasklist'],
    },
    {
      what: 'Zeebe that cannot list now may have a second backup',
      list: lists.zeebe(because('ServerTrouble')),
      found: ['backupId unknown zeebe'],
    },
    {
      what: 'An application that cannot list for a bad backup may have a second one',
      list: lists.application('operate', because('ListUnreadable')),
      found: ['backupId unknown operate'],
    },
    {
      what: 'A list with an id above which there is none refuses every backup',
      list: lists.zeebe(because('BackupIdRefused')),
      found: ['backupId error zeebe'],
    },
  ]) {
    test(`${what}, and nothing else is told of it`, () => {
      const facts = factsOf({ cluster: { lists: [list] } });
      const all = [backupStore, components, endedIds, missingLists].flatMap((look) => look(facts));
      assert.deepEqual(
        all.map(({ name, severity, subject }) => `${name} ${severity} ${subject}`),
        found,
      );
    });
  }
});

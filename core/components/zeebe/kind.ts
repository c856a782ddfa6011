import type { Kind } from '../kind.ts';
import { managementOf } from '../managed.ts';
import { findPlace } from '../place.ts';
import { zeebe } from './backup.ts';
import { type ZeebeTarget, zeebeTarget } from './target.ts';

export const zeebeKind = {
  target: zeebeTarget,
  titles: { zeebe: 'Zeebe' },
  policy: {
    endsThePause: true,
    takesSeveral: true,
    remembersDeleted: false,
    listsOnlyNames: false,
    storeCheck: 'backupStore',
    isInTheSearchEngine: false,
  },
  configured: (config) => [
    {
      component: 'zeebe',
      locate: async (context) => ({
        kind: 'zeebe',
        component: 'zeebe',
        ...(await findPlace({ name: 'zeebe', title: 'Zeebe' }, config, context)),
      }),
    },
  ],
  open: (target, context) => zeebe(managementOf('Zeebe', target, context), target),
} satisfies Kind<ZeebeTarget>;

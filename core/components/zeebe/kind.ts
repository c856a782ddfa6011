import type { Kind } from '../kind.ts';
import { managementOf } from '../managed.ts';
import { findComponent, placeOf } from '../place.ts';
import { zeebe } from './backup.ts';
import { type ZeebeTarget, zeebeTarget } from './target.ts';

export const zeebeKind = {
  target: zeebeTarget,
  titles: { zeebe: 'Zeebe' },
  stage: 'zeebe',
  policy: {
    endsThePause: true,
    takesSeveral: true,
    remembersDeleted: false,
    listsOnlyNames: false,
    storeCheck: 'backupStore',
    isInTheSearchEngine: false,
    consistsOfSnapshots: false,
  },
  configured: (config) => [
    {
      component: 'zeebe',
      find: async (context) => {
        const found = await findComponent({ name: 'zeebe', title: 'Zeebe' }, config, context);
        return {
          component: 'zeebe',
          discovered: found.discovered,
          locate: (cluster) => ({ kind: 'zeebe', component: 'zeebe', ...placeOf(found, config, cluster) }),
        };
      },
    },
  ],
  // Zeebe is always configured.
  signs: () => [],
  open: (target, context) => zeebe(managementOf('Zeebe', target, context), target),
} satisfies Kind<ZeebeTarget>;

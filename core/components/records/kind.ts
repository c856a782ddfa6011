import type { Kind } from '../kind.ts';
import { records } from './backup.ts';
import { type RecordsTarget, recordsTarget, recordsTargetOf } from './target.ts';

export const recordsKind = {
  target: recordsTarget,
  titles: { records: 'Zeebe records' },
  policy: {
    endsThePause: false,
    takesSeveral: false,
    remembersDeleted: false,
    listsOnlyNames: true,
    storeCheck: 'repository',
    isInTheSearchEngine: true,
  },
  configured: (config) => {
    const target = recordsTargetOf(config);
    return target ? [{ component: 'records', locate: async () => target }] : [];
  },
  open: async (target, context) => records(await context.search(target), target),
} satisfies Kind<RecordsTarget>;

import type { Kind } from '../kind.ts';
import { signInIndices } from '../signs.ts';
import { records } from './backup.ts';
import { type RecordsTarget, recordsTarget, recordsTargetOf } from './target.ts';

export const recordsKind = {
  target: recordsTarget,
  titles: { records: 'Zeebe records' },
  stage: 'records',
  policy: {
    endsThePause: false,
    takesSeveral: false,
    remembersDeleted: false,
    listsOnlyNames: true,
    storeCheck: 'repository',
    isInTheSearchEngine: true,
    consistsOfSnapshots: true,
  },
  configured: ({ search, records }) =>
    search && records
      ? [
          {
            component: 'records',
            find: async () => ({
              component: 'records',
              locate: (cluster) => recordsTargetOf(search, records, cluster?.searchVersion),
            }),
          },
        ]
      : [],
  signs: (observed) => [
    ...signInIndices('records', ['records'], observed),
    ...(observed.order === 'APPLICATIONS_FIRST'
      ? [{ component: 'records' as const, seen: 'up to 8.7 Operate, Tasklist and Optimize read them' }]
      : []),
  ],
  open: async (target, context) => records(await context.search(target), target),
} satisfies Kind<RecordsTarget>;

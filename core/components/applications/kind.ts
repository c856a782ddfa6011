import type { Kind } from '../kind.ts';
import { managementOf } from '../managed.ts';
import { findPlace } from '../place.ts';
import { application } from './backup.ts';
import { type ApplicationTarget, applicationNames, applicationTarget } from './target.ts';

export const applicationKind = {
  target: applicationTarget,
  names: applicationNames,
  policy: {
    endsThePause: false,
    takesSeveral: false,
    remembersDeleted: true,
    listsOnlyNames: false,
    isInTheSearchEngine: false,
  },
  configured: (config, context) =>
    applicationNames
      .filter((name) => config[name])
      .map((component) => ({
        component,
        locate: async () => ({
          kind: 'application',
          component,
          ...(await findPlace(component, config, context)),
        }),
      })),
  open: (target, context) => application(managementOf(target, context), target),
} satisfies Kind<ApplicationTarget>;

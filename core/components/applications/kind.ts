import type { Kind } from '../kind.ts';
import { managementOf } from '../managed.ts';
import { findPlace } from '../place.ts';
import { application } from './backup.ts';
import { type ApplicationTarget, applicationNames, applicationTarget } from './target.ts';

const titles = {
  webApplications: 'Web applications',
  operate: 'Operate',
  tasklist: 'Tasklist',
  optimize: 'Optimize',
};

export const applicationKind = {
  target: applicationTarget,
  titles,
  policy: {
    endsThePause: false,
    takesSeveral: false,
    remembersDeleted: true,
    listsOnlyNames: false,
    storeCheck: 'components',
    isInTheSearchEngine: false,
  },
  configured: (config) =>
    applicationNames
      .filter((name) => config[name])
      .map((component) => ({
        component,
        locate: async (context) => ({
          kind: 'application',
          component,
          ...(await findPlace({ name: component, title: titles[component] }, config, context)),
        }),
      })),
  open: (target, context) => application(managementOf(titles[target.component], target, context), target),
} satisfies Kind<ApplicationTarget>;

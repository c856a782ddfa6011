import type { Kind } from '../kind.ts';
import { managementOf } from '../managed.ts';
import { findComponent, placeOf } from '../place.ts';
import { type Observed, type Sign, signInIndices } from '../signs.ts';
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
  stage: 'applications',
  policy: {
    endsThePause: false,
    takesSeveral: false,
    remembersDeleted: true,
    listsOnlyNames: false,
    storeCheck: 'components',
    isInTheSearchEngine: false,
    consistsOfSnapshots: true,
  },
  configured: (config) =>
    applicationNames
      .filter((name) => config[name])
      .map((component) => ({
        component,
        find: async (context) => {
          const found = await findComponent({ name: component, title: titles[component] }, config, context);
          return {
            component,
            discovered: found.discovered,
            locate: (cluster) => ({ kind: 'application', component, ...placeOf(found, config, cluster) }),
          };
        },
      })),
  signs,
  open: (target, context) => application(managementOf(titles[target.component], target, context), target),
} satisfies Kind<ApplicationTarget>;

function signs(observed: Observed): Sign<ApplicationTarget['component']>[] {
  const { config, order, discovered } = observed;
  return [
    ...(order === 'PAUSE_FIRST'
      ? signInIndices('webApplications', ['operate', 'tasklist', 'camunda'], observed)
      : [
          ...signInIndices('operate', ['operate'], observed),
          ...signInIndices('tasklist', ['tasklist'], observed),
        ]),
    ...signInIndices('optimize', ['optimize'], observed),
    // From 8.8 on, Zeebe's address also serves the backups of the web applications.
    ...(discovered.endpoints.has('backupHistory')
      ? [
          {
            component: 'webApplications' as const,
            seen: `Zeebe at ${config.zeebe.url} serves them (backupHistory)`,
          },
        ]
      : []),
  ];
}

import { titles } from '../components/kinds.ts';
import type { ManagedName } from '../components/versions.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { DoctorFacts } from './facts.ts';
import { valuesIn } from './properties.ts';
import { settingOf } from './settings.ts';

/**
 * Finds applications that take their snapshots in another repository than the configured one. A restore would miss
 * them: from 8.8 on, all applications must use the same one.
 */
export function oneRepository(facts: DoctorFacts): Diagnosis[] {
  const { search } = facts.checks.config;
  if (!search) return [];
  const found = [...named(facts, search.repository), ...written(facts, search.repository)];
  const different = found.filter(
    (one, at) => found.findIndex(({ subject }) => subject === one.subject) === at,
  );
  if (different.length > 0) return different;
  const seen = facts.addresses.some(
    ({ properties }) => properties && valuesIn(properties, 'repository').length > 0,
  );
  const proven = facts.newest.some(({ isThere }) => isThere === true);
  if (!seen && !proven) return [];
  return [
    {
      name: 'oneRepository',
      severity: 'ok',
      subject: 'search',
      says: `Every application that shows its repository uses ${search.repository}`,
    },
  ];
}

/** By their properties, and by the name in an application's own error. */
function named(facts: DoctorFacts, wanted: string): Diagnosis[] {
  const byProperties = facts.addresses.flatMap(({ url, roles, properties }) => {
    const others = (properties ? valuesIn(properties, 'repository') : []).filter((name) => name !== wanted);
    const role = roles.find((one) => one !== 'broker' && one !== 'zeebe') ?? 'webApplications';
    return others.length === 0
      ? []
      : [other(facts, role, wanted, `${url} is configured with the repository ${others.join(' and ')}`)];
  });
  const byErrors = (facts.checks.cluster?.lists ?? []).flatMap(({ target, error }) => {
    const [, name] = /no repository with name \[([^\]]+)\]/i.exec(error?.message ?? '') ?? [];
    return name === undefined || name === wanted || target.kind !== 'application'
      ? []
      : [
          other(
            facts,
            target.component,
            wanted,
            `${titles[target.component]} looks for a repository ${name}`,
          ),
        ];
  });
  return [...byProperties, ...byErrors];
}

/** By the snapshots of their newest backups. The application itself calls that backup complete, so it has them. */
function written(facts: DoctorFacts, wanted: string): Diagnosis[] {
  return facts.newest.flatMap(({ component, backupId, state, isThere, snapshots }) =>
    isThere !== false || state !== 'COMPLETED' || !isManaged(component)
      ? []
      : [
          other(
            facts,
            component,
            wanted,
            `${titles[component]} has the backup ${backupId}, whose snapshot ${snapshots[0] ?? ''} is not in ${wanted}`,
          ),
        ],
  );
}

const isManaged = (name: string): name is ManagedName => name !== 'records' && name !== 'zeebe';

function other({ installed }: DoctorFacts, component: ManagedName, wanted: string, seen: string): Diagnosis {
  return {
    name: 'oneRepository',
    severity: 'error',
    subject: component,
    says: `${seen}, and \`search.repository\` is ${wanted}: its snapshots are in another repository than those of the others`,
    remedy: `Set ${settingOf('repository', installed, { component })} to ${wanted} for ${titles[component]}, and restart it; or correct \`search.repository\`.`,
  };
}

import { type IndexFamily, prefixesOf } from '../components/search/camunda-indices.ts';
import { compareVersions } from '../components/versions.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { DoctorFacts } from './facts.ts';
import { valuesIn } from './properties.ts';
import { settingOf } from './settings.ts';

const families = ['operate', 'tasklist', 'camunda'] as const satisfies IndexFamily[];

/** From 8.8 on, all web applications must have the same index prefix, or their backup lacks the indices of some. */
export function prefixes(facts: DoctorFacts): Diagnosis[] {
  const { checks, installed } = facts;
  const isNew =
    checks.cluster?.order === 'PAUSE_FIRST' || compareVersions(installed.version ?? '8.5', '8.8') >= 0;
  if (!isNew) return [];
  const finding = { name: 'indexPrefix', subject: 'webApplications' };
  const remedy = `Set ${settingOf('indexPrefix', installed)} to one value for all of them, and remove the older names of this setting.`;
  const shown = shownPrefixes(facts);
  if (shown.length > 1) {
    const says = `The applications are configured with several index prefixes: ${shown.map(quoted).join(' and ')}`;
    // An older name of the setting may be shown with its default although it is not used.
    return [{ ...finding, severity: shown.includes('') ? 'warning' : 'error', says, remedy }];
  }
  const seen = prefixesOf(checks.search?.camundaIndices.known ?? []);
  const all = [...new Set(families.flatMap((family) => seen[family] ?? []))];
  const incomplete = all.flatMap((prefix) => {
    const missing = families.filter((family) => !seen[family]?.includes(prefix));
    return missing.length > 0
      ? [`with the prefix ${quoted(prefix)} there are none of ${missing.join(' and ')}`]
      : [];
  });
  // A search engine may be shared, and several clusters have several prefixes, each with all three families.
  if (all.length > 1 && incomplete.length > 0) {
    return [
      {
        ...finding,
        severity: 'warning',
        says: `The indices of the web applications at ${checks.config.search?.url ?? ''} have several prefixes: ${incomplete.join(', ')}`,
        remedy: `${remedy} If these indices belong to another cluster or to an older version, there is nothing to do.`,
      },
    ];
  }
  const [only] = shown.length > 0 ? shown : all;
  if (only === undefined) return [];
  return [
    { ...finding, severity: 'ok', says: `The web applications have one index prefix: ${quoted(only)}` },
  ];
}

/** The prefixes of the applications and of the exporters that write for them. */
function shownPrefixes({ addresses }: DoctorFacts): string[] {
  const all = addresses.flatMap(({ properties = new Map<string, string>() }) => [
    ...valuesIn(properties, 'indexPrefix'),
    ...[...properties].flatMap(([name, value]) =>
      name.endsWith('.args.connect.indexprefix') ? [value] : [],
    ),
  ]);
  return [...new Set(all)];
}

const quoted = (prefix: string) => (prefix === '' ? 'none' : prefix);

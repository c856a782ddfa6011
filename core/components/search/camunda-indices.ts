/**
 * The families of Camunda's indices, which are recognized by their names:
 * `zeebe-record_process-instance_8.6.0_2026-11-21`, `operate-list-view-8.3.0_`, `tasklist-task-8.5.0_2026-01-01`,
 * `camunda-user-8.8.0_`, `optimize-process-definition_v6`. From 8.8 on, a prefix may stand before `operate`, `tasklist`
 * and `camunda`. The prefix of the exporter contains no underscore.
 */
export type IndexFamily = 'records' | 'operate' | 'tasklist' | 'camunda' | 'optimize';

/** The patterns for the engine. They match every prefix, and not all indices of an engine that others share. */
export const camundaIndexPatterns = [
  '*_process_*',
  '*_process-instance_*',
  '*_deployment_*',
  '*_job_*',
  '*_variable_*',
  '*operate-*',
  '*tasklist-*',
  '*camunda-*',
  '*optimize-*',
];

const families: [IndexFamily, RegExp][] = [
  ['records', /^[^_]+_(process|process-instance|deployment|job|variable)_\d+\.\d+\.\d+[^_]*_/],
  ['operate', /^([^_]+-)?operate-[a-z-]+-\d+\.\d+\.\d+_/],
  ['tasklist', /^([^_]+-)?tasklist-[a-z-]+-\d+\.\d+\.\d+_/],
  ['camunda', /^([^_]+-)?camunda-[a-z-]+-\d+\.\d+\.\d+_/],
  ['optimize', /^([^_]+-)?optimize-.+_v\d+(-\d+)?$/],
];

/** Groups the names of Camunda's indices by family, sorted. Families without indices are omitted. */
export function camundaIndices(names: string[]): Map<IndexFamily, string[]> {
  const found = new Map<IndexFamily, string[]>();
  for (const name of names.toSorted()) {
    const [family] = families.find(([, form]) => form.test(name)) ?? [];
    if (family) found.set(family, [...(found.get(family) ?? []), name]);
  }
  return found;
}

/** Finds the prefixes of Camunda's indices, by family, without the hyphen that follows; '' if there is no prefix. */
export function prefixesOf(names: string[]): Partial<Record<IndexFamily, string[]>> {
  const prefixes = [...camundaIndices(names)].map(([family, found]): [IndexFamily, string[]] => {
    const prefixOf = (name: string) =>
      family === 'records' ? name.slice(0, name.indexOf('_')) : name.slice(0, name.indexOf(`${family}-`));
    return [family, [...new Set(found.map((name) => prefixOf(name).replace(/-$/, '')))]];
  });
  return Object.fromEntries(prefixes);
}

/** True if an index was written by the exporter with this prefix: `{prefix}_{value type}_{version}_{date}`. */
export function isRecordIndex(name: string, prefix: string): boolean {
  return (
    name.startsWith(`${prefix}_`) && /^[a-z][a-z-]*_\d+\.\d+\.\d+[^_]*_/.test(name.slice(prefix.length + 1))
  );
}

/** Shortens a list of names for a sentence. */
export function briefly([first = '', ...others]: string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

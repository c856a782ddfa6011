import { operateParts, optimizeParts, tasklistParts, webApplicationsParts } from '../camunda/part-indices.ts';
import { GRACE_MS } from '../camunda/part-state.ts';

export type ApplicationName = 'operate' | 'tasklist' | 'webApplications' | 'optimize';

/** Where an application keeps its data. Names are without the prefix that an installation may put in front. */
export interface ApplicationLayout {
  /** The name in `camunda_{name}_{id}_{version}_part_{i}_of_{n}`. */
  partName: string;
  /** The indices of each part. A part without any takes the dated copies of the part before it. */
  parts: string[][];
  graceMs: number;
  /** The indices that have a template, because the archiver makes dated copies of them. */
  templates: string[];
  /** The index in which the importer keeps how far it is, if the application imports records. */
  importPosition: string | undefined;
  /** The indices of process instances, of jobs and of variables. */
  instances: string;
  jobs: string[];
  variables: string[];
}

/**
 * Operate's and Tasklist's names were recorded in 8.6, those of their aliases and templates are in Camunda's
 * documentation of restores. Of 8.8 and of Optimize only the families are known for sure: `operate-*`, `tasklist-*`,
 * `camunda-*`, `optimize-*_v{n}`; which versions stand in the names, and what each part contains, is an example.
 */
export const layouts: Record<ApplicationName, ApplicationLayout> = {
  operate: {
    partName: 'operate',
    parts: operateParts,
    graceMs: 0,
    templates: [...(operateParts[1] ?? []), ...(operateParts[3] ?? [])],
    importPosition: 'operate-import-position-8.3.0_',
    instances: 'operate-list-view-8.3.0_',
    jobs: ['operate-job-8.6.0_'],
    variables: ['operate-variable-8.3.0_'],
  },
  tasklist: {
    partName: 'tasklist',
    parts: tasklistParts,
    graceMs: 0,
    templates: ['tasklist-task-8.5.0_', ...(tasklistParts[3] ?? [])],
    importPosition: 'tasklist-import-position-8.2.0_',
    instances: 'tasklist-process-instance-8.3.0_',
    jobs: ['tasklist-task-8.5.0_'],
    variables: ['tasklist-variable-8.3.0_'],
  },
  webApplications: {
    partName: 'webapps',
    parts: webApplicationsParts,
    graceMs: GRACE_MS,
    templates: [...(webApplicationsParts[1] ?? []), ...(webApplicationsParts[3] ?? [])],
    importPosition: undefined,
    instances: 'operate-list-view-8.3.0_',
    jobs: ['operate-job-8.6.0_', 'tasklist-task-8.8.0_'],
    variables: ['operate-variable-8.3.0_'],
  },
  optimize: {
    partName: 'optimize',
    parts: optimizeParts,
    graceMs: 0,
    templates: [],
    importPosition: 'optimize-position-based-import-index_v3',
    instances: 'optimize-process-instance-order_v8',
    jobs: [],
    variables: [],
  },
};

/** Puts the prefix of an installation before a name: `acme`, `operate-job-8.6.0_` → `acme-operate-job-8.6.0_`. */
export function prefixed(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}-${name}`;
}

/**
 * The alias over an index and its dated copies: `operate-job-8.6.0_alias` for `operate-job-8.6.0_` and
 * `operate-job-8.6.0_2026-01-01`, `optimize-dashboard` for `optimize-dashboard_v8`.
 */
export function aliasOf(index: string): string {
  return /_v\d+$/.test(index) ? index.replace(/_v\d+$/, '') : index.replace(/_[^_]*$/, '_alias');
}

/** What each part asks the engine for: names, or the pattern of dated copies without the indices themselves. */
export function partPatterns(parts: string[][], prefix: string): string[][] {
  return parts.map((indices, index) => {
    if (indices.length > 0) return indices.map((name) => prefixed(prefix, name));
    const before = (parts[index - 1] ?? []).map((name) => prefixed(prefix, name));
    return before.flatMap((name) => [`${name}*`, `-${name}`]);
  });
}

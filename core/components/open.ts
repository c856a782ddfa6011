import type { Description } from '../backup/component.ts';
import { management } from '../connect/management.ts';
import type { Context } from '../context.ts';
import { application, dialects } from './applications/backup.ts';
import type { Component } from './component.ts';
import { titles } from './component.ts';
import { records } from './records/backup.ts';
import { withSearch } from './search/with-search.ts';
import type { CamundaTarget, RecordsTarget } from './target.ts';
import { zeebe } from './zeebe/backup.ts';

/** The component that a target of the plan names. Adding a component: one file, and one line here or in `dialects`. */
export function camundaComponent(
  target: CamundaTarget,
  { http, secrets }: Pick<Context, 'http' | 'secrets'>,
): Component {
  const server = management(titles[target.component], target, http, secrets);
  return target.component === 'zeebe'
    ? zeebe(server, target.path, target.partitions ?? 0)
    : application(server, target.path, dialects[target.component]);
}

/** Runs `use` with the records of a target. */
export function withRecords<T>(
  target: RecordsTarget,
  runId: string,
  context: Pick<Context, 'search' | 'clock'>,
  use: (component: Component) => Promise<T>,
): Promise<T> {
  return withSearch(target, context, (engine) => use(records(engine, { ...target, runId })));
}

/** The same for either kind of target. */
export function withComponent<T>(
  target: CamundaTarget | RecordsTarget,
  runId: string,
  context: Pick<Context, 'http' | 'secrets' | 'search' | 'clock'>,
  use: (component: Component) => Promise<T>,
): Promise<T> {
  return target.component === 'records'
    ? withRecords(target, runId, context, use)
    : use(camundaComponent(target, context));
}

export function describeTarget(target: CamundaTarget | RecordsTarget): Description {
  const { component, url } = target;
  const common = { component, url, ...(target.version ? { version: target.version } : {}) };
  if (target.component === 'records') {
    return { ...common, repository: target.repository, indexPattern: target.indexPattern };
  }
  return target.partitions === undefined ? common : { ...common, partitions: target.partitions };
}

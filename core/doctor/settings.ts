import type { ManagedName } from '../components/versions.ts';
import { compareVersions } from '../components/versions.ts';

/**
 * The settings of Camunda that concern backups. Each has the names of its property, the newest first, with the first
 * minor version that has this name. `ENGINE` stands for `elasticsearch` or `opensearch`. Later versions still read the
 * older names.
 * https://docs.camunda.io/docs/self-managed/components/orchestration-cluster/core-settings/configuration/properties/
 * https://docs.camunda.io/docs/8.7/self-managed/zeebe-deployment/configuration/broker-config/
 */
const names = {
  backup: [
    ['8.9', 'camunda.data.primary-storage.backup'],
    ['8.8', 'camunda.data.backup'],
    ['8.5', 'zeebe.broker.data.backup'],
  ],
  repository: [
    ['8.9', 'camunda.data.secondary-storage.ENGINE.backup.repository-name'],
    ['8.8', 'camunda.data.backup.repository-name'],
    ['8.5', 'camunda.COMPONENT.backup.repositoryName'],
  ],
  snapshotTimeout: [
    ['8.9', 'camunda.data.secondary-storage.ENGINE.backup.snapshot-timeout'],
    ['8.8', 'camunda.data.backup.snapshot-timeout'],
    ['8.5', 'camunda.operate.backup.snapshotTimeout'],
  ],
  indexPrefix: [
    ['8.8', 'camunda.data.secondary-storage.ENGINE.index-prefix'],
    ['8.5', 'camunda.COMPONENT.ENGINE.indexPrefix'],
  ],
  awsEnabled: [
    ['8.9', 'camunda.data.secondary-storage.opensearch.aws-enabled'],
    ['8.5', 'camunda.COMPONENT.opensearch.awsEnabled'],
  ],
  recordsPrefix: [['8.5', 'zeebe.broker.exporters.ENGINE.args.index.prefix']],
  dataDirectory: [
    ['8.8', 'camunda.data.primary-storage.directory'],
    ['8.5', 'zeebe.broker.data.directory'],
  ],
  freeSpace: [
    ['8.8', 'camunda.data.primary-storage.disk.free-space.processing'],
    ['8.5', 'zeebe.broker.data.disk.freeSpace.processing'],
  ],
  measuredDisks: [['8.5', 'management.metrics.system.diskspace.paths']],
} satisfies Record<string, [since: string, property: string][]>;
export type Setting = keyof typeof names;

/** What the name of a setting depends on. */
export interface Installed {
  /** Undefined if no component reports it. The name of the oldest version is used then, which all of them read. */
  version: string | undefined;
  engine: 'elasticsearch' | 'opensearch';
}

/** The property of a setting, with `below` appended to it, as this version reads it. */
export function propertyOf(
  setting: Setting,
  { version = '8.5', engine }: Installed,
  { below, component = 'operate' }: { below?: string; component?: ManagedName } = {},
): string {
  const all: [string, string][] = names[setting];
  const [, name = ''] = all.find(([since]) => compareVersions(version, since) >= 0) ?? all.at(-1) ?? [];
  // The properties of the older versions are written in camel case.
  const spelt = name.startsWith('zeebe.')
    ? below?.replace(/-(\w)/g, (_, first: string) => first.toUpperCase())
    : below;
  const whole = spelt === undefined ? name : `${name}.${spelt}`;
  return whole.replace('ENGINE', engine).replace('COMPONENT', component);
}

/** The same as a person finds it: the property, and the environment variable that sets it. */
export function settingOf(...[setting, installed, more]: Parameters<typeof propertyOf>): string {
  if (setting === 'repository' && more?.component === 'optimize') {
    return '`backup.repositoryName` (CAMUNDA_OPTIMIZE_BACKUP_REPOSITORY_NAME)';
  }
  const property = propertyOf(setting, installed, more);
  return `\`${property}\` (${variableOf(property)})`;
}

/** Spring reads a property from the variable with its name in capitals, without hyphens, and with _ for each dot. */
function variableOf(property: string): string {
  return property.replaceAll('-', '').replaceAll('.', '_').toUpperCase();
}

/** Every name of a setting in every version and for both engines, as `Properties` has them. */
export function allNamesOf(setting: Setting, below?: string): string[] {
  const components = ['operate', 'tasklist'] as const;
  const engines = ['elasticsearch', 'opensearch'] as const;
  const all: [string, string][] = names[setting];
  const found = all.flatMap(([version]) =>
    engines.flatMap((engine) =>
      components.map((component) =>
        propertyOf(setting, { version, engine }, { component, ...(below === undefined ? {} : { below }) }),
      ),
    ),
  );
  return [...new Set(found.map(relaxed))];
}

/** Spring takes `basePath`, `base-path` and `basepath` for the same name. */
export const relaxed = (property: string): string => property.replaceAll('-', '').toLowerCase();

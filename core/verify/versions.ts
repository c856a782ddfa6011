import type { Judgement } from '../ledger/verification.ts';
import type { Facts } from './facts.ts';
import { lookAt } from './judgement.ts';

/** Versions of the web applications whose backups lack something. */
const holes = [
  {
    from: '8.8.0',
    fixed: '8.8.15',
    lacks:
      'the dated indices of usage metrics, of operations and of batch operations (https://github.com/camunda/camunda/issues/47122)',
    remedy:
      'Update to 8.8.15 or a later version. Before a restore of this backup, keep the dated indices that the search engine still has (camunda-usage-metric*).',
  },
];

/** The versions of which a backup is known to lack something, although it says that it is complete. */
export function judgeVersions({ manifest, snapshots, components }: Facts): Judgement[] {
  if (!components.some(({ component }) => component === 'webApplications')) return [];
  const look = lookAt('versions', 'webApplications');
  const version =
    snapshots?.known?.get('webApplications')?.[0]?.version ??
    manifest.known?.components.find(({ component }) => component === 'webApplications')?.version ??
    manifest.known?.camundaVersion;
  if (version === undefined) return [look.unknown('The version of the web applications is not known')];
  const hole = holes.find(({ from, fixed }) => !isOlder(version, from) && isOlder(version, fixed));
  return hole
    ? [look.warning(`Backups of the web applications ${version} lack ${hole.lacks}`, hole.remedy)]
    : [look.proven(`Nothing is known that backups of the web applications ${version} lack`)];
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0;
}

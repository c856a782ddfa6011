import type { Discovered } from '../components/actuator.ts';
import { compareVersions, generationOf, generations, type KnownVersion } from '../components/versions.ts';
import type { ClusterConfig } from '../config/schema.ts';
import { BackupError } from '../errors.ts';

/**
 * Determines the version of a cluster. Zeebe's own answer comes first, then the configured `version`, then a version
 * inferred from the endpoints. Throws ClusterNotReady if the version cannot be backed up; the error names the source.
 */
export function versionOf(
  { version: configured, zeebe: { url } }: ClusterConfig,
  zeebe: Discovered,
  all: { discovered: Discovered }[],
): KnownVersion {
  const version = zeebe.version ?? configured ?? fromEndpoints(all);
  const generation = generationOf(version);
  if (generation) return { version, generation, doubt: doubtOf(version, zeebe, configured, all) };
  const shown = zeebe.version === undefined ? newerEndpoint(version, all) : undefined;
  const but = shown ? `, but it has the endpoint ${shown}, which exists from 8.8 on` : '';
  const who = zeebe.version === undefined ? 'The configuration (`version`) says that' : 'Zeebe says that';
  throw new BackupError(
    'ClusterNotReady',
    `${who} the cluster at ${url} is Camunda ${version}${but}; 8.5 and later can be backed up`,
    zeebe.version === undefined
      ? { remedy: 'Correct `version`, or remove it: it is detected if the management ports report it.' }
      : {},
  );
}

/** Returns the remedy if only the configuration names the version and the cluster looks different. */
function doubtOf(
  version: string,
  zeebe: Discovered,
  configured: string | undefined,
  all: { discovered: Discovered }[],
): string | undefined {
  if (zeebe.version !== undefined || configured === undefined) return undefined;
  const shown = newerEndpoint(version, all);
  if (shown) {
    return `Correct \`version\` in the configuration, which says ${configured}, or remove it: the cluster has the endpoint ${shown}, which exists from 8.8 on.`;
  }
  const other = all.find(({ discovered }) => isOther(configured, discovered.version))?.discovered.version;
  return other === undefined
    ? undefined
    : `Correct \`version\` in the configuration, which says ${configured}: another component reports ${other}.`;
}

/** True if `said` is another minor version than `version`. */
export function isOther(version: string, said: string | undefined): boolean {
  return said !== undefined && compareVersions(version, said) !== 0;
}

/** Finds an endpoint that a cluster of this version does not have. backupRuntime does not count, as 8.7 may have it. */
export function newerEndpoint(version: string, found: { discovered: Discovered }[]): string | undefined {
  const isShown = found.some(({ discovered }) => discovered.endpoints.has('backupHistory'));
  return isShown && compareVersions(version, generations[0].since) < 0 ? 'backupHistory' : undefined;
}

function fromEndpoints(found: { discovered: Discovered }[]): string {
  const newer = found.some(
    ({ discovered: { endpoints } }) => endpoints.has('backupHistory') || endpoints.has('backupRuntime'),
  );
  return newer ? generations[0].since : '8.7';
}

import type { Discovered } from '../components/actuator.ts';
import { compareVersions, type Generation, generationOf, generations } from '../components/versions.ts';
import type { ClusterConfig } from '../config/schema.ts';
import { BackupError } from '../errors.ts';
import type { Facts } from './facts.ts';
import type { CheckFinding } from './finding.ts';

export interface KnownVersion {
  version: string;
  generation: Generation;
  /** What to do about a version that the file alone says, where the cluster does not look like it. */
  doubt: string | undefined;
}

/**
 * Which version a cluster is, and what of it differs. What Zeebe says of itself counts; `version` of the configuration is
 * for management ports that do not say it; else the endpoints tell the generation. Throws ClusterNotReady with who says what.
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
  const but = shown ? `, but it has the endpoint ${shown}, as from 8.8 on` : '';
  const who = zeebe.version === undefined ? 'The configuration (`version`) says that' : 'Zeebe says that';
  throw new BackupError(
    'ClusterNotReady',
    `${who} the cluster at ${url} is Camunda ${version}${but}; 8.5 and later can be backed up`,
    zeebe.version === undefined
      ? { remedy: 'Correct `version`, or remove it: it is detected where the management ports say it.' }
      : {},
  );
}

/** Whether the file says another minor version than the cluster. */
export function version({ config, cluster }: Facts): CheckFinding[] {
  const { version: configured, zeebe } = config;
  if (configured === undefined || !cluster) return [];
  const { discovered } = cluster;
  const seen =
    discovered.version === undefined
      ? contradictingEndpoint(configured, discovered)
      : isOther(configured, discovered.version)
        ? `says ${discovered.version}: the backup goes by what Zeebe says`
        : undefined;
  if (seen === undefined) return [];
  return [
    {
      name: 'version',
      severity: 'warning',
      subject: 'zeebe',
      says: `The configuration says Camunda ${configured} (\`version\`), and Zeebe at ${zeebe.url} ${seen}`,
      remedy: 'Correct `version`, or remove it',
    },
  ];
}

function contradictingEndpoint(configured: string, discovered: Discovered): string | undefined {
  const shown = newerEndpoint(configured, [{ discovered }]);
  return shown && `has the endpoint ${shown}, as from 8.8 on: the backup goes by the configuration`;
}

/** Of a version that the file alone says: what to do where the cluster does not look like it. Undefined for any other. */
function doubtOf(
  version: string,
  zeebe: Discovered,
  configured: string | undefined,
  all: { discovered: Discovered }[],
): string | undefined {
  if (zeebe.version !== undefined || configured === undefined) return undefined;
  const shown = newerEndpoint(version, all);
  if (shown) {
    return `Correct \`version\` in the configuration, which says ${configured}, or remove it: the cluster has the endpoint ${shown}, as from 8.8 on.`;
  }
  const other = all.find(({ discovered }) => isOther(configured, discovered.version))?.discovered.version;
  return other === undefined
    ? undefined
    : `Correct \`version\` in the configuration, which says ${configured}: another component says ${other}.`;
}

const isOther = (version: string, said: string | undefined) =>
  said !== undefined && compareVersions(version, said) !== 0;

/**
 * As a warning of a backup that is complete: its brokers took it in another minor version than the one that the file
 * says, where Zeebe said none before.
 */
export function contradictedByBrokers(configured: string | undefined, said: string[]): string[] {
  const others = [...new Set(said)].filter(
    (version) => configured !== undefined && isOther(configured, version),
  );
  if (others.length === 0) return [];
  return [
    `The configuration says Camunda ${configured} (\`version\`), and the brokers took this backup in ${others.join(', ')}. Correct \`version\`, or remove it`,
  ];
}

/** What a cluster of an older version does not have; 8.7 may have backupRuntime too. */
function newerEndpoint(version: string, found: { discovered: Discovered }[]): string | undefined {
  const isShown = found.some(({ discovered }) => discovered.endpoints.has('backupHistory'));
  return isShown && compareVersions(version, generations[0].since) < 0 ? 'backupHistory' : undefined;
}

function fromEndpoints(found: { discovered: Discovered }[]): string {
  const newer = found.some(
    ({ discovered: { endpoints } }) => endpoints.has('backupHistory') || endpoints.has('backupRuntime'),
  );
  return newer ? generations[0].since : '8.7';
}

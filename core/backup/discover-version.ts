import type { Discovered } from '../camunda/discovery.ts';
import { compareVersions, type Generation, generationOf, generations } from '../camunda/versions.ts';
import type { ClusterConfig } from '../config.ts';
import { BackupError } from '../errors.ts';

/**
 * Which version a cluster is, and what of it differs. What Zeebe says of itself counts; `version` of the configuration is
 * for management ports that do not say it; else the endpoints tell the generation. Throws ClusterNotReady with who says what.
 */
export function versionOf(
  { version: configured, zeebe: { url } }: ClusterConfig,
  zeebe: Discovered,
  all: { discovered: Discovered }[],
): { version: string; generation: Generation } {
  const version = zeebe.version ?? configured ?? fromEndpoints(all);
  const generation = generationOf(version);
  if (generation) return { version, generation };
  const who = zeebe.version === undefined ? 'The configuration (`version`) says that' : 'Zeebe says that';
  throw new BackupError(
    'ClusterNotReady',
    `${who} the cluster at ${url} is Camunda ${version}; 8.5 and later can be backed up`,
    zeebe.version === undefined
      ? { remedy: 'Correct `version`, or remove it: it is detected where the management ports say it.' }
      : {},
  );
}

/** As a warning: the file is of another minor version than the cluster. */
export function contradiction(
  url: string,
  configured: string | undefined,
  said: string | undefined,
): string[] {
  if (configured === undefined || said === undefined || compareVersions(configured, said) === 0) return [];
  return [
    `The configuration says Camunda ${configured} (\`version\`), and Zeebe at ${url} says ${said}: the backup goes by what Zeebe says. Correct \`version\`, or remove it`,
  ];
}

function fromEndpoints(found: { discovered: Discovered }[]): string {
  const newer = found.some(
    ({ discovered: { endpoints } }) => endpoints.has('backupHistory') || endpoints.has('backupRuntime'),
  );
  return newer ? generations[0].since : '8.7';
}

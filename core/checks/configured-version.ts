import type { Discovered } from '../components/actuator.ts';
import type { Facts } from './facts.ts';
import type { CheckFinding } from './finding.ts';
import { isOther, newerEndpoint } from './version.ts';

/** Whether the file says another minor version than the cluster. */
export function configuredVersion({ config, cluster }: Facts): CheckFinding[] {
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

/**
 * Warns that the brokers took a backup, which is complete now, in another minor version than the one that the file says.
 * It is asked where Zeebe did not say its version before the backup.
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

import type { Discovered } from '../components/actuator.ts';
import type { Facts } from './facts.ts';
import type { CheckFinding } from './finding.ts';
import { isOther, newerEndpoint } from './version.ts';

/** Warns if the configured minor version differs from the cluster's. */
export function configuredVersion({ config, cluster }: Facts): CheckFinding[] {
  const { version: configured, zeebe } = config;
  if (configured === undefined || !cluster) return [];
  const { discovered } = cluster;
  const seen =
    discovered.version === undefined
      ? contradictingEndpoint(configured, discovered)
      : isOther(configured, discovered.version)
        ? `reports ${discovered.version}: the backup uses the version that Zeebe reports`
        : undefined;
  if (seen === undefined) return [];
  return [
    {
      name: 'version',
      severity: 'warning',
      subject: 'zeebe',
      says: `The configuration says Camunda ${configured} (\`version\`), but Zeebe at ${zeebe.url} ${seen}`,
      remedy: 'Correct `version`, or remove it',
    },
  ];
}

function contradictingEndpoint(configured: string, discovered: Discovered): string | undefined {
  const shown = newerEndpoint(configured, [{ discovered }]);
  return (
    shown && `has the endpoint ${shown}, which exists from 8.8 on: the backup uses the configured version`
  );
}

/**
 * Warns if the brokers took a complete backup in another minor version than the configured one. It is used if Zeebe did
 * not report its version before the backup.
 */
export function contradictedByBrokers(configured: string | undefined, said: string[]): string[] {
  const others = [...new Set(said)].filter(
    (version) => configured !== undefined && isOther(configured, version),
  );
  if (others.length === 0) return [];
  return [
    `The configuration says Camunda ${configured} (\`version\`), but the brokers took this backup in ${others.join(', ')}. Correct \`version\`, or remove it`,
  ];
}

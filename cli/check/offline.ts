import { type Config, chooseCluster } from '../../core/config/schema.ts';
import type { CheckedCluster } from '../../core/doctor/check-cluster.ts';
import { readFile } from '../../core/doctor/file.ts';
import { namingCluster } from '../../deployment/commands.ts';
import type { Host } from '../host.ts';
import { printCheck } from './report.ts';

export interface OfflineOptions {
  host: Pick<Host, 'output'>;
  config: Config;
  /** Optional if only one cluster is configured. */
  cluster?: string;
  json: boolean;
}

/** Runs `camunda-backup check --offline`, which asks no address and no ledger. Returns the exit code. */
export function checkFile({ host: { output }, config, cluster, json }: OfflineOptions): number {
  const { name } = chooseCluster(config, cluster, namingCluster);
  const checked: CheckedCluster = {
    cluster: name,
    findings: [],
    diagnosis: readFile(name, config),
    addresses: [],
  };
  return printCheck(checked, { json, output, isFileOnly: true });
}

import { Option } from 'commander';
import { defaultConfigFile } from '../../core/config/default-file.ts';
import { configVariable } from '../../deployment/commands.ts';

// Options that several commands share.

export const configFile = new Option('-f, --config <file>', 'configuration file').default(
  defaultConfigFile,
  `"${defaultConfigFile}", env: ${configVariable}`,
);
export const clusterName = new Option(
  '-c, --cluster <name>',
  'cluster to use (optional if only one is configured)',
);
export const everyCluster = new Option('-c, --cluster <name>', 'cluster to use (default: all)');
export const stackName = new Option(
  '--stack <name>',
  'name of a deployed stack, in the AWS region and account of the environment (STACK/PATH for one of several backups in it)',
);
export const offline = new Option(
  '--offline',
  'do not ask the cluster whether exporting is paused; use the ledger alone',
).default(false);
export const endsWithJson = new Option('--json', 'end with one JSON object on stdout').default(false);
export const isJson = new Option('--json', 'one JSON object on stdout').default(false);

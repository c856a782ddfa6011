import { Option } from 'commander';
import { defaultConfigFile } from '../../core/config/default-file.ts';
import { configVariable } from '../../deployment/commands.ts';

// What several commands understand in the same way.

export const configFile = new Option('-f, --config <file>', 'configuration file').default(
  defaultConfigFile,
  `"${defaultConfigFile}", env: ${configVariable}`,
);
export const clusterName = new Option(
  '-c, --cluster <name>',
  'which cluster; may be left out where there is only one',
);
export const everyCluster = new Option('-c, --cluster <name>', 'which cluster (default: every one)');
export const stackName = new Option(
  '--stack <name>',
  'the backups of a deployed stack, by the region and account of AWS',
);
export const offline = new Option(
  '--offline',
  'do not ask the cluster whether exporting is paused: the ledger alone tells',
).default(false);
export const endsWithJson = new Option('--json', 'end with one JSON object on stdout').default(false);
export const isJson = new Option('--json', 'one JSON object on stdout').default(false);

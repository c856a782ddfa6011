import { type Command, InvalidArgumentError } from 'commander';
import { namingCluster } from '../../deployment/commands.ts';
import type { Host } from '../host.ts';
import { below } from '../screen/help.ts';
import type { Subcommand } from './command.ts';
import { clusterName, configFile, endsWithJson, stackName } from './options.ts';

interface Flags {
  cluster?: string;
  config: string;
  stack?: string;
  id?: number;
  reason: string;
  json: boolean;
}

const footnotes = [
  'Exit codes: 0 done; 1 the backup failed, or exporting may be left paused; 2 wrong use or configuration, a refused id, or a secret that cannot be used; 3 another backup holds the lock; 130 interrupted, and exporting is not left paused. After Ctrl-C or SIGTERM, the command resumes exporting before it ends.',
  'With --stack, the backup runs on AWS and this command watches it. Ctrl-C ends only the watching; the backup goes on.',
  'With --json, the last line of stdout is one JSON object, even if the backup failed or never began.',
];

export const run: Subcommand = {
  define: (command, host, ended) =>
    command
      .description('Back up a cluster.')
      .addOption(clusterName)
      .addOption(configFile)
      .addOption(stackName)
      .option(
        '--id <number>',
        'backup id, higher than every id in use (default: seconds since 1970)',
        backupId,
      )
      .option('--reason <text>', 'reason to record in the manifest', 'manual')
      .addOption(endsWithJson)
      .addHelpText('after', below(footnotes, host.output))
      .action(async ({ stack, ...flags }: Flags, command: Command) =>
        ended(
          stack === undefined
            ? await runHere(flags, command, host)
            : await runOnStack({ ...flags, stack }, command, host),
        ),
      ),
  objectOfError: async ({ cluster, failure, seconds, ofStack }) => {
    const { failedResult } = await import('../result.ts');
    return { ...failedResult(cluster, failure, seconds), ...(ofStack ? { execution: null } : {}) };
  },
};

async function runHere({ cluster, id, reason, json }: Flags, command: Command, host: Host): Promise<number> {
  const { chooseCluster } = await import('../../core/config/schema.ts');
  const { runBackup } = await import('../local/run.ts');
  const { shownBackup } = await import('../screen/shown-procedure.ts');
  const { configured } = await import('./configured.ts');
  const { config, commands } = await configured(command, host);
  const chosen = chooseCluster(config, cluster, namingCluster);
  command.setOptionValue('cluster', chosen.name);
  return runBackup({
    shown: shownBackup,
    host,
    config,
    commands,
    cluster: chosen,
    ...(id === undefined ? {} : { backupId: id }),
    reason,
    json,
  });
}

async function runOnStack(
  { stack, cluster, id, reason, json }: Flags & { stack: string },
  command: Command,
  host: Host,
): Promise<number> {
  const { runOnStack } = await import('../stack/run.ts');
  const { surroundingsOf } = await import('./configured.ts');
  return runOnStack({
    stack,
    at: surroundingsOf(command, host),
    ...(cluster === undefined ? {} : { cluster }),
    ...(id === undefined ? {} : { backupId: id }),
    reason,
    json,
    output: host.output,
    onSignal: host.onEnding,
  });
}

function backupId(text: string): number {
  const id = Number(text);
  if (/^\d+$/.test(text) && id > 0 && id < Number.MAX_SAFE_INTEGER) return id;
  throw new InvalidArgumentError(
    `It must be a whole number above 0 and below ${Number.MAX_SAFE_INTEGER}, such as 1795249014, because the next backup needs a higher one.`,
  );
}

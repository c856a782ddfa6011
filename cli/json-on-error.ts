import { parseArgs } from 'node:util';
import { CommanderError } from 'commander';
import type { Failure } from '../core/ledger/manifest.ts';
import { subcommands } from './commands/list.ts';
import { run } from './commands/run.ts';
import { failureOf } from './failure.ts';

/**
 * The object of `--json` where an error ended the command, a wrong option included. Where no command was recognized, it
 * is that of `run`.
 */
export function objectOfError(
  command: string | undefined,
  args: string[],
  thrown: unknown,
  { seconds, chosen }: { seconds: number; chosen: string | undefined },
): Promise<object> {
  // Not commander's reading: it ends at the first mistake, and the cluster may be named behind it.
  const { values } = parseArgs({
    args,
    strict: false,
    options: {
      cluster: { type: 'string', short: 'c' },
      'dry-run': { type: 'boolean', short: 'n' },
      stack: { type: 'string' },
    },
  });
  const { objectOfError } = subcommands[command ?? ''] ?? run;
  return objectOfError({
    cluster: typeof values.cluster === 'string' ? values.cluster : (chosen ?? null),
    dryRun: values['dry-run'] === true,
    ofStack: values.stack !== undefined,
    failure: toldAs(thrown),
    seconds,
  });
}

/** What commander throws has a name of its own. */
function toldAs(thrown: unknown): Failure {
  if (thrown instanceof CommanderError) {
    return { error: 'ConfigurationError', message: thrown.message.replace(/^error: /, '') };
  }
  return failureOf(thrown);
}

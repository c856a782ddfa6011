import { parseArgs } from 'node:util';
import { CommanderError } from 'commander';
import type { Failure } from '../core/ledger/manifest.ts';
import { subcommands } from './commands/index.ts';
import { run } from './commands/run.ts';
import { failureOf } from './failure.ts';

/**
 * Makes the object of `--json` for a command that an error ended, such as a wrong option. If no command was recognized,
 * it is the object of `run`.
 */
export function objectOfError(
  command: string | undefined,
  args: string[],
  thrown: unknown,
  { seconds, chosen }: { seconds: number; chosen: string | undefined },
): Promise<object> {
  // Commander stops reading at the first mistake, and the cluster may be named after it.
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

/** The user's mistakes have the name ConfigurationError, also if commander found them. */
function toldAs(thrown: unknown): Failure {
  if (thrown instanceof CommanderError) {
    return { error: 'ConfigurationError', message: thrown.message.replace(/^error: /, '') };
  }
  return failureOf(thrown);
}

import type { Command } from 'commander';
import * as z from 'zod';
import type { Commands } from '../../core/commands.ts';
import { defaultConfigFile } from '../../core/config/default-file.ts';
import { loadConfig } from '../../core/config/file.ts';
import type { Config } from '../../core/config/schema.ts';
import { commands, namingFile, type Surroundings, stackCommands } from '../../deployment/commands.ts';
import { fileOf, programOf, type Started } from '../invocation.ts';

/** Reads the configuration that a command names, and makes the commands that messages tell its user to type next. */
export async function configured(
  command: Command,
  started: Started,
): Promise<{ config: Config; commands: Commands }> {
  const config = await loadConfig(fileNamed(command), { folder: started.cwd, namingFile });
  return {
    config,
    commands: commands({ ...surroundingsOf(command, started), clusters: Object.keys(config.clusters) }),
  };
}

/** The program and the file for such commands, without reading the configuration. */
export function surroundingsOf(command: Command, started: Started): Surroundings {
  const named = isFileNamed(command);
  return { program: programOf(started), file: fileOf({ file: fileNamed(command), named }, started) };
}

/** A sentence with the command to type after a bug has ended `command`: it repairs or shows what may be left. */
export function afterBug(command: Command | undefined, started: Started): string {
  if (!command) return '';
  const { cluster, stack } = afterBugFlags.parse(command.opts());
  const at = surroundingsOf(command, started);
  return stack === undefined
    ? `If a backup was running, run: ${commands(at).repair(cluster)}`
    : `A backup that runs on the stack goes on. See: ${stackCommands({ ...at, stack }).status(cluster)}`;
}

const afterBugFlags = z.object({ cluster: z.string().optional(), stack: z.string().optional() });

/**
 * True if the user named the file by the flag or by the variable. A command without the flag reads no configuration.
 */
export function isFileNamed(command: Command): boolean {
  return ['cli', 'env'].includes(command.getOptionValueSource('config') ?? '');
}

function fileNamed(command: Command): string {
  const file: unknown = command.opts()['config'];
  return typeof file === 'string' ? file : defaultConfigFile;
}

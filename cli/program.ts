import { Command } from 'commander';
import { configVariable } from '../deployment/commands.ts';
import packageJson from '../package.json' with { type: 'json' };
import { otherWords, subcommands } from './commands/index.ts';
import type { Host } from './host.ts';
import { programOf } from './invocation.ts';
import { columnsOf, paint } from './screen/output.ts';

/** Callbacks of the program. */
export interface Told {
  /** Is called when a command was recognized. */
  called: (command: Command) => void;
  ended: (code: number) => void;
}

/** Builds the program with its commands, their options and their help. */
export function programOn(host: Host, told: Told): Command {
  const { stdout, stderr } = host.output;
  const program = new Command('camunda-backup')
    .description('Consistent hot backups of a whole Camunda 8 Self-Managed cluster.')
    .version(packageJson.version)
    // Commander would not wrap the descriptions of options on a narrow terminal.
    .configureHelp({ minWidthToWrap: 20 })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => columnsOf(stdout),
      getErrHelpWidth: () => columnsOf(stderr),
      outputError: (text, write) => write(paint(stderr, 'red', text.replace(/^error:/, 'Error:'))),
    })
    .hook('preSubcommand', (_, command) => told.called(command))
    .hook('preAction', (_, command) => nameFile(command, host.env[configVariable]));

  const start = programOf(host);
  program.showHelpAfterError(`Try: ${start} --help`);
  for (const [name, { define }] of Object.entries(subcommands)) {
    const command = program.command(name);
    command.showHelpAfterError(`Try: ${start} ${name} --help`);
    define(command, host, told.ended);
  }
  for (const [word, meant] of Object.entries(otherWords)) {
    program
      .command(word, { hidden: true })
      .helpOption(false)
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() => program.error(`error: unknown command '${word}': ${meant}`));
  }
  return program;
}

/** The flag takes precedence over the variable. An empty variable counts as not set. */
function nameFile(command: Command, named: string | undefined): void {
  if (named && command.getOptionValueSource('config') === 'default') {
    command.setOptionValueWithSource('config', named, 'env');
  }
}

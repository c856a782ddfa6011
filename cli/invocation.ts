import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Commands } from '../core/commands.ts';
import { quoted } from '../core/shell.ts';
import { commands } from '../deployment/commands.ts';

/** What a process knows of how it was started. */
export interface Started {
  /** The program file, as Node was given it. */
  main: string;
  execPath: string;
  execArgv: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** Which configuration is used, and whether somebody named it. */
export interface NamedFile {
  file: string;
  named: boolean;
}

const name = 'camunda-backup';

/** The commands that a person can paste who has started this process. */
export function commandsFor(started: Started, config: NamedFile, clusters: string[] | undefined): Commands {
  return commands({ program: programOf(started), file: fileOf(config, started), clusters });
}

/** The words with which the program is started again where the person is. */
export function programOf(started: Started): string {
  const { main, env } = started;
  // An image, or a script that starts this one, knows it better.
  const told = env['CAMUNDA_BACKUP_COMMAND'];
  if (told) return told;
  // npx puts a folder of its own on the PATH, which the person's shell does not have.
  if (env['npm_command'] === 'exec' && path.basename(main) === name) return `npx ${name}`;
  if (isSameFile(onPath(name, env), main)) return name;
  if (env['npm_command'] && isInPackage(started)) return `npx ${name}`;
  const file = quoted(nearest(main, started));
  // A link of that name was made to be called.
  return path.basename(main) === name ? file : [...nodeOf(started), file].join(' ');
}

/** The file as it has to be named where the person is; undefined where it is found without that. */
export function fileOf({ file, named }: NamedFile, started: Started): string | undefined {
  if (folderOfPerson(started) !== started.cwd) return path.resolve(started.cwd, file);
  return named ? file : undefined;
}

/** `npm run` and `npm start` work in the folder of the package, wherever they were typed. */
function folderOfPerson({ cwd, env }: Started): string {
  const { INIT_CWD: typedIn, npm_config_local_prefix: prefix } = env;
  return typedIn && prefix === cwd ? typedIn : cwd;
}

/** Whether npx finds this program in the package that npm works in. */
function isInPackage({ main, env }: Started): boolean {
  const prefix = env['npm_config_local_prefix'];
  if (!prefix) return false;
  const linked = path.join(prefix, 'node_modules', '.bin', name);
  return isSameFile(linked, main) || isSameFile(path.join(prefix, 'dist', 'cli', 'main.js'), main);
}

function nodeOf({ execPath, execArgv, env }: Started): string[] {
  const node = isSameFile(onPath('node', env), execPath) ? 'node' : execPath;
  return [node, ...execArgv].map(quoted);
}

/** Below the folder of the person the way from there, elsewhere the whole path. */
function nearest(file: string, started: Started): string {
  const absolute = path.resolve(started.cwd, file);
  const way = path.relative(folderOfPerson(started), absolute);
  return way.startsWith('..') || path.isAbsolute(way) ? absolute : path.join('.', way);
}

/** Where a shell finds a command, without the folders that npm has put before the person's own. */
function onPath(command: string, { PATH = '', npm_command: npm }: NodeJS.ProcessEnv): string | undefined {
  const folders = PATH.split(path.delimiter).filter(
    (folder) => folder && !(npm && /node_modules[\\/]\.bin$|node-gyp-bin$/.test(folder)),
  );
  return folders.map((folder) => path.join(folder, command)).find((file) => real(file) !== undefined);
}

function isSameFile(one: string | undefined, other: string): boolean {
  const file = one === undefined ? undefined : real(one);
  return file !== undefined && file === real(other);
}

function real(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}

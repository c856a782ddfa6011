import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Commands } from '../core/commands.ts';
import { quoted } from '../core/shell.ts';
import { commands } from '../deployment/commands.ts';

/** How this process was started. */
export interface Started {
  /** The program file, as it was passed to Node. */
  main: string;
  execPath: string;
  execArgv: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** The configuration file, and whether the user named it. */
export interface NamedFile {
  file: string;
  named: boolean;
}

const name = 'camunda-backup';

/** The commands that messages print, so that the user of this process can paste them. */
export function commandsFor(started: Started, config: NamedFile, clusters: string[] | undefined): Commands {
  return commands({ program: programOf(started), file: fileOf(config, started), clusters });
}

/** The words that start this program again in the user's shell. */
export function programOf(started: Started): string {
  const { main, env } = started;
  // A container image, or a script that starts this program, sets how users call it.
  const told = env['CAMUNDA_BACKUP_COMMAND'];
  if (told) return told;
  // npx adds a folder to PATH that the user's shell does not have.
  if (env['npm_command'] === 'exec' && path.basename(main) === name) return `npx ${name}`;
  if (isSameFile(onPath(name, env), main)) return name;
  if (env['npm_command'] && isInPackage(started)) return `npx ${name}`;
  const file = quoted(nearest(main, started));
  // A link with the name of the program can be called without Node.
  return path.basename(main) === name ? file : [...nodeOf(started), file].join(' ');
}

/** The name of the file in the user's folder; undefined if the program finds the file without it. */
export function fileOf({ file, named }: NamedFile, started: Started): string | undefined {
  if (folderOfPerson(started) !== started.cwd) return path.resolve(started.cwd, file);
  return named ? file : undefined;
}

/** `npm run` and `npm start` change into the folder of the package; INIT_CWD is where the user typed them. */
function folderOfPerson({ cwd, env }: Started): string {
  const { INIT_CWD: typedIn, npm_config_local_prefix: prefix } = env;
  return typedIn && prefix === cwd ? typedIn : cwd;
}

/** True if npx finds this program in the package in which npm was called. */
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

/** The relative path of a file below the user's folder, otherwise its absolute path. */
function nearest(file: string, started: Started): string {
  const absolute = path.resolve(started.cwd, file);
  const way = path.relative(folderOfPerson(started), absolute);
  return way.startsWith('..') || path.isAbsolute(way) ? absolute : path.join('.', way);
}

/** The file that the user's shell would start, without the folders that npm has added to PATH. */
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

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { BackupError, describe } from '../errors.ts';
import { defaultConfigFile } from './default-file.ts';
import { mistakesOf } from './mistakes.ts';
import { type Config, config } from './schema.ts';
import { readYaml, type YamlFile } from './yaml.ts';

interface Place {
  /** The folder where a relative name of the file begins. */
  folder?: string;
  /** How to name another file, as the end of a sentence after `or`. */
  namingFile?: string;
}

/** Reads and checks a configuration file. Throws ConfigurationError with every mistake at once. */
export async function loadConfig(
  file: string,
  { folder = '.', namingFile = 'name another file' }: Place = {},
): Promise<Config> {
  let text: string;
  try {
    text = await readFile(path.resolve(folder, file), 'utf8');
  } catch (cause) {
    const { why, remedy } = await whyUnreadable(path.resolve(folder, file), cause, namingFile);
    throw new BackupError('ConfigurationError', `The configuration ${file} cannot be read: ${why}`, {
      cause,
      remedy,
    });
  }
  return parseConfig(text, file, folder);
}

/** If the user named the missing file, then the name is wrong, and copying the example would not help. */
async function whyUnreadable(
  file: string,
  cause: unknown,
  namingFile: string,
): Promise<{ why: string; remedy: string }> {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  const copy = `Copy camunda-backup.example.yaml to ${defaultConfigFile}, or ${namingFile}.`;
  if (!isMissing) return { why: describe(cause), remedy: `Make it readable, or ${namingFile}.` };
  const folder = path.dirname(file);
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) {
    return { why: `there is no folder ${folder}`, remedy: `Correct the path, or ${namingFile}.` };
  }
  const why = `${path.basename(file)} is not in ${folder}`;
  if (path.basename(file) === defaultConfigFile) return { why, remedy: copy };
  const others = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  const there =
    others.length === 0 || others.length > 10 ? '' : ` In that folder there is: ${others.join(', ')}.`;
  return { why, remedy: `Correct the name, or ${namingFile}.${there}` };
}

export function parseConfig(text: string, file: string, folder = '.'): Config {
  const yaml = readConfigYaml(text, file);
  const parsed = config.safeParse(yaml.plain, { reportInput: true });
  if (parsed.success) return withWholePaths(parsed.data, path.resolve(folder, file));
  const placed = mistakesOf(config, parsed.error).map((mistake) => ({
    line: yaml.lineOf(mistake.path),
    text: `${mistake.path.join('.') || 'the file'} ${mistake.what}`,
  }));
  placed.sort((a, b) => a.line - b.line);
  throw mistaken(
    file,
    placed.map(({ line, text }) => `${file}:${line}: ${text}`),
  );
}

/** The content of a configuration file before it is checked. Throws ConfigurationError if it is not YAML. */
export function readConfigYaml(text: string, file: string): YamlFile {
  const yaml = readYaml(text);
  const { misprints } = yaml;
  if (misprints.length === 0) return yaml;
  throw mistaken(
    file,
    misprints.map(({ line, column, what }) => `${file}:${line}:${column}: ${what}`),
  );
}

/** A relative path in a file begins where the file is, wherever a command is typed. */
function withWholePaths({ ledger, ...rest }: Config, file: string): Config {
  const folder = path.dirname(file);
  if (ledger.folder === undefined) return { ledger, ...rest, folder };
  return { ledger: { ...ledger, folder: path.resolve(folder, ledger.folder) }, ...rest, folder };
}

/** More mistakes than these are usually the consequences of one. */
const mostSaid = 20;

function mistaken(file: string, mistakes: string[]): BackupError {
  const count = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`;
  const more = mistakes.length - mostSaid;
  const lines = [...mistakes.slice(0, mostSaid), ...(more > 0 ? [`and ${more} more`] : [])];
  return new BackupError(
    'ConfigurationError',
    `${file} has ${count}:\n${lines.map((line) => `  ${line}`).join('\n')}`,
  );
}

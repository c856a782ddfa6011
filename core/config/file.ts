import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { BackupError, describe } from '../errors.ts';
import { defaultConfigFile } from './default-file.ts';
import { type Mistake, mistakesOf } from './mistakes.ts';
import { type Config, config, type Readable, readablePartsOf } from './schema.ts';
import { readYaml, type YamlFile } from './yaml.ts';

interface Place {
  /** The folder where a relative name of the file begins. */
  folder?: string;
  /** How to name another file, as the end of a sentence after `or`. */
  namingFile?: string;
}

/** Finds further mistakes in the parts of a configuration that can be read. They are reported with all others. */
export type FurtherMistakes = (parts: Readable) => Mistake[];

const noFurther: FurtherMistakes = () => [];

/** Reads and checks a configuration file. Throws ConfigurationError with every mistake at once. */
export async function loadConfig(file: string, place: Place = {}): Promise<Config> {
  const text = await readFile(wholePath(file, place), 'utf8').catch((cause: unknown) => {
    throw unreadable(file, place, cause);
  });
  return parseConfig(text, file, place.folder);
}

/** The text of a configuration file, for the constructors of a CDK app, which cannot wait. Throws ConfigurationError. */
export function readConfigText(file: string, place: Place = {}): string {
  try {
    return readFileSync(wholePath(file, place), 'utf8');
  } catch (cause) {
    throw unreadable(file, place, cause);
  }
}

function wholePath(file: string, { folder = '.' }: Place): string {
  return path.resolve(folder, file);
}

function unreadable(file: string, place: Place, cause: unknown): BackupError {
  const { why, remedy } = whyUnreadable(
    wholePath(file, place),
    cause,
    place.namingFile ?? 'name another file',
  );
  return new BackupError('ConfigurationError', `The configuration ${file} cannot be read: ${why}`, {
    cause,
    remedy,
  });
}

/** If the user named the missing file, then the name is wrong, and copying the example would not help. */
function whyUnreadable(file: string, cause: unknown, namingFile: string): { why: string; remedy: string } {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  const copy = `Copy camunda-backup.example.yaml to ${defaultConfigFile}, or ${namingFile}.`;
  if (!isMissing) return { why: describe(cause), remedy: `Make it readable, or ${namingFile}.` };
  const folder = path.dirname(file);
  const names = namesIn(folder);
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

function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch {
    return undefined;
  }
}

export function parseConfig(text: string, file: string, folder = '.', further = noFurther): Config {
  const yaml = readConfigYaml(text, file);
  const read = check(yaml.plain, further);
  if ('config' in read) return withWholePaths(read.config, path.dirname(path.resolve(folder, file)));
  const placed = read.mistakes.map((mistake) => ({
    line: yaml.lineOf(mistake.path),
    text: sentenceOf(mistake, 'the file'),
  }));
  placed.sort((a, b) => a.line - b.line);
  throw mistaken(
    file,
    placed.map(({ line, text }) => `${file}:${line}: ${text}`),
  );
}

/** Checks a configuration that is not in a file. Its relative paths begin in the current folder. Throws ConfigurationError. */
export function checkConfig(plain: unknown, further = noFurther): Config {
  const read = check(plain, further);
  if ('config' in read) return withWholePaths(read.config, process.cwd());
  throw mistaken(
    'The configuration',
    read.mistakes.map((mistake) => sentenceOf(mistake, 'it')),
  );
}

function check(plain: unknown, further: FurtherMistakes): { config: Config } | { mistakes: Mistake[] } {
  const parsed = config.safeParse(plain, { reportInput: true });
  const mistakes = [
    ...(parsed.success ? [] : mistakesOf(config, parsed.error)),
    ...further(parsed.success ? parsed.data : readablePartsOf(plain)),
  ];
  return parsed.success && mistakes.length === 0 ? { config: parsed.data } : { mistakes };
}

const sentenceOf = ({ path, what }: Mistake, whole: string) => `${path.join('.') || whole} ${what}`;

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

/** A relative path begins where the file is, wherever a command is typed. */
function withWholePaths({ ledger, clusters, ...rest }: Config, folder: string): Config {
  const whole = <T extends { folder?: string | undefined }>(place: T): T =>
    place.folder === undefined ? place : { ...place, folder: path.resolve(folder, place.folder) };
  // The addresses keep their order, in which they are shown.
  const all = Object.entries(clusters).map(([name, cluster]) => {
    const { zeebe } = cluster;
    return [name, zeebe.store ? { ...cluster, zeebe: { ...zeebe, store: whole(zeebe.store) } } : cluster];
  });
  return { ledger: whole(ledger), clusters: Object.fromEntries(all), ...rest, folder };
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

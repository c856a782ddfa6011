import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { type Config, config } from './config.ts';
import { mistakesOf } from './config-mistakes.ts';
import { BackupError, describe } from './errors.ts';

export const defaultConfigFile = 'camunda-backup.yaml';

/** Reads and checks a configuration file. Throws ConfigurationError with every mistake at once. */
export async function loadConfig(file: string): Promise<Config> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new BackupError(
      'ConfigurationError',
      `The configuration ${file} cannot be read: ${describe(cause)}`,
      {
        cause,
        remedy:
          'Copy camunda-backup.example.yaml to camunda-backup.yaml, or name another file with --config.',
      },
    );
  }
  return parseConfig(text, file);
}

export function parseConfig(text: string, file: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    throw mistaken(
      file,
      document.errors.map((error) => `${file}: ${error.message.trimEnd()}`),
    );
  }
  const parsed = config.safeParse(toPlain(document, file), { reportInput: true });
  if (parsed.success) return withWholePaths(parsed.data, file);
  const placed = mistakesOf(config, parsed.error).map((mistake) => ({
    line: lineOf(document, mistake.path, lines),
    text: `${mistake.path.join('.') || 'the file'} ${mistake.what}`,
  }));
  placed.sort((a, b) => a.line - b.line);
  throw mistaken(
    file,
    placed.map(({ line, text }) => `${file}:${line}: ${text}`),
  );
}

/** What a file names is found from where the file is, wherever a command is typed. */
function withWholePaths({ ledger, ...rest }: Config, file: string): Config {
  const { folder } = ledger;
  if (folder === undefined) return { ledger, ...rest };
  return { ledger: { ...ledger, folder: path.resolve(path.dirname(file), folder) }, ...rest };
}

/** The line of the last key of a path that is in the file. */
function lineOf(document: Document, path: (string | number)[], lines: LineCounter): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true) ?? document.contents;
    const key = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    const node = pair ? pair.key : isSeq(parent) ? parent.get(Number(key), true) : undefined;
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** An alias without its anchor is found only now. */
function toPlain(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    throw mistaken(file, [`${file}: ${describe(error)}`]);
  }
}

function mistaken(file: string, mistakes: string[]): BackupError {
  const count = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`;
  return new BackupError(
    'ConfigurationError',
    `${file} has ${count}:\n${mistakes.map((line) => `  ${line}`).join('\n')}`,
  );
}

import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import { type Config, config } from './config.ts';
import { type Mistake, mistakesOf } from './config-mistakes.ts';
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
  const parsed = config.safeParse(document.toJS() ?? {}, { reportInput: true });
  if (parsed.success) return parsed.data;
  const lineOf = ({ path }: Mistake) => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      const range = typeof node === 'object' && node && 'range' in node ? node.range : undefined;
      if (Array.isArray(range)) return lines.linePos(Number(range[0])).line;
    }
    return 1;
  };
  throw mistaken(
    file,
    mistakesOf(config, parsed.error).map(
      (mistake) => `${file}:${lineOf(mistake)}: ${mistake.path.join('.') || 'the file'} ${mistake.what}`,
    ),
  );
}

function mistaken(file: string, mistakes: string[]): BackupError {
  const count = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`;
  return new BackupError(
    'ConfigurationError',
    `${file} has ${count}:\n${mistakes.map((line) => `  ${line}`).join('\n')}`,
  );
}

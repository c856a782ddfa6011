import { readFile as readText } from 'node:fs/promises';
import * as z from 'zod';
import { parseJson } from '../../core/json.ts';

/**
 * A function has no files but those of its code. What the configuration names is put beside it when the stack is made
 * (infra/bundle.ts): the texts by their paths, as they were written in the configuration.
 */
export const certificatesFile = 'camunda-backup-files.json';

const files = z.record(z.string(), z.string());

/** The text of a file that the configuration names. Throws if it was not put beside the code. */
export async function readFile(name: string): Promise<string> {
  const text = await readText(new URL(`./${certificatesFile}`, import.meta.url), 'utf8').catch(() => '{}');
  const found = files.parse(parseJson(text))[name];
  if (found !== undefined) return found;
  throw new Error(
    'it is not beside the code of this function: deploy the stack again from the configuration',
  );
}

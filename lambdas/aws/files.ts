import { readFile as readText } from 'node:fs/promises';
import * as z from 'zod';
import { parseJson } from '../../core/json.ts';

/**
 * A function only has the files of its bundle. At synth, infra/bundle.ts adds this file, which maps the paths in the
 * configuration to the texts of the files.
 */
export const certificatesFile = 'camunda-backup-files.json';

const files = z.record(z.string(), z.string());

/** The text of a file that the configuration names. Throws if the bundle does not contain it. */
export async function readFile(name: string): Promise<string> {
  const text = await readText(new URL(`./${certificatesFile}`, import.meta.url), 'utf8').catch(() => '{}');
  const found = files.parse(parseJson(text))[name];
  if (found !== undefined) return found;
  throw new Error(
    'the bundle of this function does not contain it: deploy the stack again from the configuration',
  );
}

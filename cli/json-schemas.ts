import { mkdirSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { checkResult } from './check/result.ts';
import { listResult, showResult } from './inventory/result.ts';
import { metricsResult } from './metrics/result.ts';
import { verifyResult } from './verify/result.ts';

/** The objects of `--json` that have a JSON Schema, by the command that prints them. */
const results: Record<string, z.ZodType> = {
  check: checkResult,
  list: listResult,
  metrics: metricsResult,
  show: showResult,
  verify: verifyResult,
};

/** The JSON Schemas, as texts, by the names of their files in docs/reference. */
export const schemaFiles: Record<string, string> = Object.fromEntries(
  Object.entries(results).map(([command, result]) => [
    `${command}.schema.json`,
    `${JSON.stringify({ title: titleOf(command), ...z.toJSONSchema(result, { override: open }) }, undefined, 2)}\n`,
  ]),
);

function titleOf(command: string): string {
  return `The object that camunda-backup ${command} --json prints`;
}

/** A later version may add fields. Besides, a format says more to a reader than its pattern. */
function open({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  if (jsonSchema.type === 'integer') {
    delete jsonSchema.minimum;
    delete jsonSchema.maximum;
  }
}

// `npm run build:schemas` writes the files. They are checked in, and a test checks that they are up to date.
if (import.meta.main) {
  const folder = new URL('../docs/reference/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(schemaFiles)) writeFileSync(new URL(file, folder), text);
}

import { mkdirSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { webhookBody } from '../core/tell/webhook.ts';
import { checkResult } from './check/result.ts';
import { listResult, showResult } from './inventory/result.ts';
import { metricsResult } from './metrics/result.ts';
import { verifyResult } from './verify/result.ts';

const printedBy = (command: string) => `The object that camunda-backup ${command} --json prints`;

/** What has a JSON Schema, by the names of the files: the objects of `--json`, and the body that a webhook gets. */
const described: Record<string, { title: string; schema: z.ZodType }> = {
  check: { title: printedBy('check'), schema: checkResult },
  list: { title: printedBy('list'), schema: listResult },
  metrics: { title: printedBy('metrics'), schema: metricsResult },
  show: { title: printedBy('show'), schema: showResult },
  verify: { title: printedBy('verify'), schema: verifyResult },
  webhook: { title: 'The body that the webhook of camunda-backup gets for each alert', schema: webhookBody },
};

/** The JSON Schemas, as texts, by the names of their files in docs/reference. */
export const schemaFiles: Record<string, string> = Object.fromEntries(
  Object.entries(described).map(([name, { title, schema }]) => [
    `${name}.schema.json`,
    `${JSON.stringify({ title, ...z.toJSONSchema(schema, { override: open }) }, undefined, 2)}\n`,
  ]),
);

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

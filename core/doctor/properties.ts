import * as z from 'zod';
import { allNamesOf, relaxed, type Setting } from './settings.ts';

/**
 * The properties of a process, as far as `GET /actuator/configprops` shows them: by their relaxed names, and only those
 * that are known here and cannot be secret. The beans have other names in other versions, so only the prefixes count.
 * https://docs.spring.io/spring-boot/api/rest/actuator/configprops.html
 */
export type Properties = Map<string, string>;

const page = z.object({
  contexts: z.record(
    z.string(),
    z.object({
      beans: z.record(z.string(), z.unknown()),
    }),
  ),
});
const bean = z.object({ prefix: z.string(), properties: z.record(z.string(), z.unknown()) });
const plain = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const ofStore = [
  'store',
  's3.bucket-name',
  's3.base-path',
  's3.endpoint',
  'gcs.bucket-name',
  'gcs.base-path',
  'azure.container-name',
  'azure.base-path',
  'azure.endpoint',
  'filesystem.base-path',
  'continuous',
  'schedule',
  'checkpoint-interval',
  'retention.window',
];
const others: Setting[] = [
  'repository',
  'snapshotTimeout',
  'indexPrefix',
  'awsEnabled',
  'dataDirectory',
  'freeSpace',
];
const readable = new Set([
  ...ofStore.flatMap((below) => allNamesOf('backup', below)),
  ...others.flatMap((setting) => allNamesOf(setting)),
]);
/** The prefixes of the exporters, which may have any name. */
const ofExporters =
  /^(zeebe\.broker|camunda\.data)\.exporters\.[^.]+\.args\.(index\.prefix|connect\.indexprefix)$/;

/** Reads the page; undefined if it has another form. A part that cannot be read is left out. */
export function readProperties(body: unknown): Properties | undefined {
  const read = page.safeParse(body);
  if (!read.success) return undefined;
  const found: Properties = new Map();
  for (const { beans } of Object.values(read.data.contexts)) {
    for (const one of Object.values(beans)) {
      const { data } = bean.safeParse(one);
      if (data) keep(found, relaxed(data.prefix), data.properties);
    }
  }
  return found;
}

function keep(found: Properties, name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, below] of Object.entries(value)) keep(found, `${name}.${relaxed(key)}`, below);
    return;
  }
  const { data } = plain.safeParse(value);
  if (data === undefined || !(readable.has(name) || ofExporters.test(name)) || mayBeSecret(data)) return;
  found.set(name, data);
}

/** Camunda shows asterisks in place of secrets, and an address may contain a user name and a password. */
const mayBeSecret = (value: string) => /^\*+$/.test(value) || value.includes('@') || value.length > 200;

/** The value of a setting under the newest of its names that has one. */
export function valueIn(properties: Properties, setting: Setting, below?: string): string | undefined {
  return allNamesOf(setting, below)
    .map((name) => properties.get(name))
    .find((value) => value !== undefined && value !== '');
}

/** Every different value of a setting, under any of its names, the newest name first. */
export function valuesIn(properties: Properties, setting: Setting, below?: string): string[] {
  const all = allNamesOf(setting, below).flatMap((name) => properties.get(name) ?? []);
  return [...new Set(all)];
}

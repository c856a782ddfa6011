import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { freePorts } from '../http/free-ports.ts';
import { Mistake } from '../mistake.ts';
import { engineAt } from './engine.ts';
import type { RealPartsOptions } from './options.ts';
import { realAddresses } from './processes.ts';

const schema = z.strictObject({
  format: z.literal(1),
  camunda: z.string(),
  partitions: z.number(),
  search: z.enum(['elasticsearch', 'opensearch']),
  ports: z.record(z.enum(realAddresses), z.number()),
});

/** What all processes of a cluster have in common. The first of them writes it at its first start. */
export type ClusterOnDisk = z.infer<typeof schema>;

/** Reads or writes the cluster in the data directory. Throws a `Mistake` if it is another cluster's. */
export async function openDataFolder(options: Required<RealPartsOptions>): Promise<ClusterOnDisk> {
  const { data, camunda, partitions } = options;
  const found = (await read(data)) ?? (await create(options));
  const mistakes = [
    ...(found.camunda === camunda ? [] : [`Camunda ${found.camunda}, not ${camunda}`]),
    ...(found.partitions === partitions ? [] : [`${found.partitions} partitions, not ${partitions}`]),
  ];
  if (mistakes.length > 0)
    throw new Mistake(`--data: ${data} is that of a cluster of ${mistakes.join(' and ')}`);
  return found;
}

async function read(folder: string): Promise<ClusterOnDisk | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(fileIn(folder), 'utf8')));
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Several processes may be started at the same time. What the first one writes is valid for all. */
async function create({
  data,
  camunda,
  partitions,
  searchUrl,
}: Required<RealPartsOptions>): Promise<ClusterOnDisk> {
  const search = await engineAt(searchUrl);
  await mkdir(data, { recursive: true });
  const numbers = await freePorts(realAddresses.length);
  const ports = Object.fromEntries(realAddresses.map((name, index) => [name, numbers[index]]));
  const made = schema.parse({ format: 1, camunda, partitions, search, ports });
  const aside = join(data, `.writing-${randomUUID()}`);
  await writeFile(aside, JSON.stringify(made, null, 2));
  try {
    await link(aside, fileIn(data));
    return made;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    return (await read(data)) ?? made;
  } finally {
    await rm(aside);
  }
}

const fileIn = (folder: string): string => join(folder, 'cluster.json');

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

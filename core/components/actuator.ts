import * as z from 'zod';
import type { Management } from '../connect/management.ts';

/**
 * What a component is, from its management port: which endpoints it has (`GET /actuator`) and its version
 * (`GET /actuator/info`).
 */
const index = z.object({ _links: z.record(z.string(), z.unknown()) });
const info = z.object({ build: z.object({ version: z.string() }) });

export interface Discovered {
  endpoints: Set<string>;
  /** Such as `8.6.0`; undefined where the component does not say. */
  version: string | undefined;
}

export async function discover(server: Management): Promise<Discovered> {
  const answer = await server.ask('GET', '');
  if (answer.status !== 200) throw server.refused('GET', '', answer);
  const { _links } = server.read('GET', '', answer, index);
  return { endpoints: new Set(Object.keys(_links)), version: await readVersion(server) };
}

async function readVersion(server: Management): Promise<string | undefined> {
  const answer = await server.ask('GET', 'info');
  // Not every component fills this page; the endpoints tell the generation then.
  if (answer.status !== 200) return undefined;
  try {
    return server.read('GET', 'info', answer, info).build.version;
  } catch {
    return undefined;
  }
}

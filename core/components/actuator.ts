import * as z from 'zod';
import type { Management } from '../connect/management.ts';

/** A management port lists its endpoints at `GET /actuator` and its version at `GET /actuator/info`. */
const index = z.object({ _links: z.record(z.string(), z.unknown()) });
const info = z.object({ build: z.object({ version: z.string() }) });

export interface Discovered {
  endpoints: Set<string>;
  /** Such as `8.6.0`; undefined if the component does not report it. */
  version: string | undefined;
}

/** Asks a management port for its endpoints and its version. Throws the errors of core/connect/answers.ts. */
export async function discover(server: Management): Promise<Discovered> {
  const answer = await server.ask('GET', '');
  if (answer.status !== 200) throw server.refused('GET', '', answer);
  const { _links } = server.read('GET', '', answer, index);
  return { endpoints: new Set(Object.keys(_links)), version: await readVersion(server) };
}

async function readVersion(server: Management): Promise<string | undefined> {
  const answer = await server.ask('GET', 'info');
  // Some components leave this page empty. Then the endpoints show the generation.
  if (answer.status !== 200) return undefined;
  try {
    return server.read('GET', 'info', answer, info).build.version;
  } catch {
    return undefined;
  }
}

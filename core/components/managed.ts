import * as z from 'zod';
import { connectionSettings } from '../connect/address.ts';
import type { Http } from '../connect/http.ts';
import { type Management, management } from '../connect/management.ts';
import type { Secrets } from '../connect/secrets.ts';
import type { Description } from './component.ts';

/** How long the last completed backups took: the newest one, and the shortest one. They pace the checks of a backup. */
export const paced = { expectedSeconds: z.number().optional(), shortestSeconds: z.number().optional() };

/** The fields that all targets with a management API share. */
export const managed = {
  url: z.string(),
  ...connectionSettings,
  /** The endpoint below `/actuator`: `backupRuntime`, `backupHistory` or `backups`. */
  path: z.string(),
  version: z.string().optional(),
  ...paced,
};
type Managed = z.infer<z.ZodObject<typeof managed>>;

export interface ManagementNeeds {
  http: Http;
  secrets: Secrets;
}

export function managementOf(title: string, target: Managed, { http, secrets }: ManagementNeeds): Management {
  return management(title, target, http, secrets);
}

export function describeManaged({ url, version }: Managed): Description {
  return { url, ...(version ? { version } : {}) };
}

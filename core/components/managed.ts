import * as z from 'zod';
import { connectionSettings } from '../connect/address.ts';
import type { Http } from '../connect/http.ts';
import { type Management, management } from '../connect/management.ts';
import type { Secrets } from '../connect/secrets.ts';
import type { Description } from './component.ts';

/** How long the last backup took: what the pace of the checks goes by. */
export const paced = { expectedSeconds: z.number().optional() };

/** What the targets of components with a management API have in common. */
export const managed = {
  url: z.string(),
  ...connectionSettings,
  /** Below `/actuator`: `backupRuntime`, `backupHistory`, `backups`. */
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

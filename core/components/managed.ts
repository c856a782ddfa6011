import * as z from 'zod';
import { auth } from '../connect/authenticate.ts';
import type { Http } from '../connect/http.ts';
import { type Management, management } from '../connect/management.ts';
import type { Secrets } from '../connect/secrets.ts';
import { type ComponentName, type Description, titles } from './component.ts';

/** How long the last backup took: what the pace of the checks goes by. */
export const paced = { expectedSeconds: z.number().optional() };

/** What the targets of components with a management API have in common. */
export const managed = {
  url: z.string(),
  auth: auth.optional(),
  /** Below `/actuator`: `backupRuntime`, `backupHistory`, `backups`. */
  path: z.string(),
  version: z.string().optional(),
  ...paced,
};
type Managed<Name> = z.infer<z.ZodObject<typeof managed>> & { component: Name };

export interface ManagementNeeds {
  http: Http;
  secrets: Secrets;
}

export function managementOf(target: Managed<ComponentName>, { http, secrets }: ManagementNeeds): Management {
  return management(titles[target.component], target, http, secrets);
}

export function describeManaged({ component, url, version }: Managed<ComponentName>): Description {
  return { component, url, ...(version ? { version } : {}) };
}

import { type Auth, auth } from './authenticate.ts';
import { type Tls, tls } from './tls.ts';

/** The settings of an address other than its `url`: how to connect to the server. */
export const connectionSettings = { auth: auth.optional(), tls: tls.optional() };

export interface ConnectionSettings {
  auth?: Auth | undefined;
  tls?: Tls | undefined;
}

export interface Address extends ConnectionSettings {
  /** The base URL, with the base path if there is one. */
  url: string;
}

/** The settings for a plan or a lock: only those that are configured. */
export function settingsOf({ auth, tls }: ConnectionSettings): ConnectionSettings {
  return { ...(auth ? { auth } : {}), ...(tls ? { tls } : {}) };
}

import { type Auth, auth } from './authenticate.ts';
import { type Tls, tls } from './tls.ts';

/** The settings of an address besides its `url`: how the server is spoken to. */
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

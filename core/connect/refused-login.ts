import { type Auth, schemeOf } from './authenticate.ts';

/**
 * A sentence that says whose login was refused and where its secret comes from. It never contains the secret. `setting`
 * is the setting to correct.
 */
export function refusedLogin(auth: Auth, status: number, server: string, setting: string): string {
  const { who, source } = schemeOf(auth);
  return status === 403
    ? `${who}, ${source}, may not do this at ${server}: allow it there, or log in as another user (\`${setting}\`).`
    : `${who}, ${source}, was refused by ${server}: correct that, or \`${setting}\`.`;
}

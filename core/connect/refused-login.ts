import { type Auth, nameOfSecret } from './secrets.ts';

/** Whose login was refused, and where what they showed comes from: never the secret itself. */
export function refusedLogin(auth: Auth, status: number, server: string, setting: string): string {
  const who = auth.apiKey ? 'This API key' : `The user ${auth.username}`;
  const secret = auth.apiKey ?? auth.password;
  const source = secret
    ? `, whose ${auth.apiKey ? 'value' : 'password'} comes from ${nameOfSecret(secret)},`
    : '';
  return status === 403
    ? `${who}${source} may not do this at ${server}: allow it there, or log in as somebody else (\`${setting}\`).`
    : `${who}${source} was refused by ${server}: correct that, or \`${setting}\`.`;
}

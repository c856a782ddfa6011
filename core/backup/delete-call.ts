import type { CamundaTarget, RecordsTarget } from '../plan.ts';
import { recordsSnapshotPrefix } from '../search/records.ts';
import type { Auth, SecretRef } from '../secrets.ts';

/** The call that deletes a backup from a component, for a person to paste. No secret is in it, only its variable. */
export function deleteCall(target: CamundaTarget | RecordsTarget, backupId: number): string {
  return ['curl -X DELETE', ...authOf(target.auth), quoted(urlOf(target, backupId))].join(' ');
}

function urlOf(target: CamundaTarget | RecordsTarget, backupId: number): string {
  if (target.component !== 'records') return `${target.url}/actuator/${target.path}/${backupId}`;
  const { url, repository } = target;
  return `${url}/_snapshot/${encodeURIComponent(repository)}/${recordsSnapshotPrefix}${backupId}`;
}

function authOf(auth: Auth | undefined): string[] {
  if (!auth) return [];
  if (auth.apiKey) return [`-H "Authorization: ApiKey ${variable(auth.apiKey) ?? 'THE_API_KEY'}"`];
  const password = auth.password && variable(auth.password);
  // Without a password curl asks for it.
  return [`-u ${quoted(auth.username ?? '')}${password ? `:"${password}"` : ''}`];
}

function variable(secret: SecretRef): string | undefined {
  return 'env' in secret ? `$${secret.env}` : undefined;
}

function quoted(text: string): string {
  return /^[\w.:/%@~+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

import { quoted } from '../shell.ts';
import type { Address, ConnectionSettings } from './address.ts';
import { schemeOf } from './authenticate.ts';
import type { Tls } from './tls.ts';

/** A call for a person to paste into a shell. It contains no secret, only the variable that holds it. */
export function curl(method: 'POST' | 'DELETE', url: string, { auth, tls }: ConnectionSettings = {}): string {
  const login = auth ? schemeOf(auth).curl : [];
  return [`curl -X ${method}`, ...login, ...tlsOptions(tls), ...destination(url, tls?.serverName)].join(' ');
}

function tlsOptions({ ca, certificate, key }: Tls = {}): string[] {
  return [
    ...(ca ? ['--cacert', typeof ca === 'string' ? quoted(ca) : 'THE_AUTHORITY'] : []),
    ...(certificate ? ['--cert', quoted(certificate)] : []),
    ...(key ? ['--key', 'file' in key ? quoted(key.file) : 'THE_PRIVATE_KEY'] : []),
  ];
}

/**
 * curl verifies the certificate for the host in the URL. So for another name the URL has that name, and `--connect-to`
 * has the real address.
 */
function destination(url: string, serverName: string | undefined): string[] {
  if (serverName === undefined) return [quoted(url)];
  const named = new URL(url);
  const { host, hostname } = named;
  named.hostname = serverName;
  const port = named.port || '443';
  const at = host === hostname ? `${host}:443` : host;
  return ['--connect-to', quoted(`${serverName}:${port}:${at}`), quoted(named.href)];
}

/** The address at which exporting is resumed; its `url` is without `/actuator`. */
export type ZeebeAddress = Address;

/** The call that ends a pause when nothing else does. `ZEEBE` stands for an address that is not known. */
export function resumeByHand({ url, ...settings }: ZeebeAddress = { url: 'ZEEBE' }): string {
  return `By hand: ${curl('POST', `${url}/actuator/exporting/resume`, settings)} (the "status" in the answer must be 204).`;
}

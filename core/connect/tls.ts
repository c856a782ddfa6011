import { createSecureContext } from 'node:tls';
import * as z from 'zod';
import { type Clock, systemClock } from '../clock.ts';
import { BackupError, describe } from '../errors.ts';
import {
  hasCertificate,
  nameOfSecret,
  ofSecretsManager,
  type ReadFile,
  type Secrets,
  secret,
  secretPlaces,
} from './secrets.ts';

/** The path of a file that is not secret. A relative path begins in the folder of the configuration file. */
const file = z.string().min(1);

/** `tls` in the configuration, in the plan and in the lock: it names files and a secret, and contains none of them. */
export const tls = z
  .strictObject({
    /** The authorities to trust at this address (PEM), in place of the public ones: a file, or a secret. */
    ca: z
      .union([file, ofSecretsManager], { error: 'names neither a file nor a secret of Secrets Manager' })
      .meta({
        example: 'certificates/authority.pem, or { secretsManager: "arn:aws:secretsmanager:…" }',
      })
      .register(secretPlaces, { form: 'certificates' })
      .optional(),
    /** The certificate that this client shows (PEM), with the intermediate ones behind it. */
    certificate: file.optional().meta({ example: 'certificates/client.pem' }),
    key: secret('privateKey').optional(),
    /** The name that the server's certificate must be for, if it is not the host of the url. */
    serverName: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i, 'is not the name of a server')
      .optional()
      .meta({ example: 'zeebe.internal.example.com' }),
  })
  .refine(({ certificate, key }) => Boolean(certificate) === Boolean(key), {
    error: 'needs both certificate and key, or neither of them',
  })
  .refine((settings) => Object.keys(settings).length > 0, {
    error: 'is empty: it needs ca, certificate and key, or serverName',
  })
  .meta({ example: '{ ca: certificates/authority.pem }' });
export type Tls = z.infer<typeof tls>;

/** Options of a TLS connection, as Node and the clients of the search engines take them. */
export interface TlsOptions {
  ca?: string;
  cert?: string;
  key?: string;
  servername?: string;
}

/**
 * Reads what a connection needs, as it is now: a renewed certificate is used without a restart. Throws AddressUnusable if
 * a file cannot be read or used, and SecretUnavailable, Unreachable or ServerTrouble if a secret cannot be read.
 */
export async function readTls(
  { ca, certificate, key, serverName }: Tls,
  { readFile, secrets }: { readFile: ReadFile; secrets: Secrets },
): Promise<TlsOptions> {
  const read = (setting: string, name: string) => readCertificates(setting, name, readFile);
  const options = {
    ...(ca === undefined
      ? {}
      : { ca: typeof ca === 'string' ? await read('ca', ca) : await secrets(ca, 'certificates') }),
    ...(certificate === undefined ? {} : { cert: await read('certificate', certificate) }),
    ...(key === undefined ? {} : { key: await secrets(key, 'privateKey') }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
  if (key && certificate) {
    check(
      options,
      `${certificate} and ${nameOfSecret(key)}`,
      'Write into `tls.certificate` and `tls.key` a certificate and the private key that it was issued for (PEM, without a passphrase).',
    );
  } else {
    check(options, typeof ca === 'object' ? nameOfSecret(ca) : (ca ?? ''), notCertificates);
  }
  return options;
}

/** Throws AddressUnusable if TLS cannot begin with these options. `what` names their files. */
function check(options: TlsOptions, what: string, remedy: string): void {
  try {
    createSecureContext(options);
  } catch (cause) {
    throw new BackupError('AddressUnusable', `TLS cannot begin with ${what}: ${describe(cause)}`, {
      cause,
      remedy,
    });
  }
}

const notCertificates = 'Correct it: it must contain certificates (PEM).';

/**
 * Checks a file with certificates while a stack is made, where nothing can wait and no key is known. Throws
 * AddressUnusable.
 */
export function checkCertificateFile(
  setting: 'ca' | 'certificate',
  name: string,
  readFile: (name: string) => string,
): void {
  let text: string;
  try {
    text = readFile(name);
  } catch (cause) {
    throw unreadable(setting, name, cause);
  }
  checkForCertificate(setting, name, text);
  check(setting === 'ca' ? { ca: text } : { cert: text }, name, notCertificates);
}

/** The TLS options that were read last and when, in milliseconds since 1970, by the settings that name their files. */
export type LastTls = Map<string, { options: TlsOptions; readAt: number }>;

/** Options that cannot be read again are used for this long, which is longer than most backups take. */
const staleSeconds = 12 * 3600;

/**
 * Makes a reader of TLS options for every connection of a process. If they cannot be read, it returns those that were
 * read last, for twelve hours: a file is missing or incomplete for a moment while it is replaced, and exporting may be
 * paused in that moment. Throws the errors of `readTls` after that time, and if they were never read.
 */
export function tlsReader(
  sources: Parameters<typeof readTls>[1],
  last: LastTls = new Map(),
  clock: Pick<Clock, 'now'> = systemClock,
): (tls: Tls) => Promise<TlsOptions> {
  return async (tls) => {
    const key = JSON.stringify(tls);
    try {
      const options = await readTls(tls, sources);
      last.set(key, { options, readAt: clock.now() });
      return options;
    } catch (error) {
      const known = last.get(key);
      if (known && clock.now() - known.readAt <= staleSeconds * 1000) return known.options;
      throw error;
    }
  };
}

async function readCertificates(setting: string, name: string, readFile: ReadFile): Promise<string> {
  let text: string;
  try {
    text = await readFile(name);
  } catch (cause) {
    throw unreadable(setting, name, cause);
  }
  checkForCertificate(setting, name, text);
  return text;
}

function unreadable(setting: string, name: string, cause: unknown): BackupError {
  return new BackupError('AddressUnusable', `The file ${name} cannot be read: ${describe(cause)}`, {
    cause,
    remedy: `Correct \`tls.${setting}\`, or put the file there. A relative path begins where the configuration file is.`,
  });
}

function checkForCertificate(setting: string, name: string, text: string): void {
  if (hasCertificate(text)) return;
  throw new BackupError('AddressUnusable', `The file ${name} contains no certificate (PEM)`, {
    remedy: `Write into \`tls.${setting}\` the path of a file with -----BEGIN CERTIFICATE----- in it.`,
  });
}

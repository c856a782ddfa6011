import * as z from 'zod';
import { BackupError, describe } from '../errors.ts';
import { parseJson } from '../json.ts';
import { whatIsWrongWith } from './signing-key.ts';

/**
 * The form that a value must have at its place: a password or an API key for a header, a private key or certificates
 * (PEM), or the key of a webhook's signatures (signing-key.ts).
 */
export type SecretForm = 'password' | 'apiKey' | 'privateKey' | 'certificates' | 'signingKey';

/** Every place for a secret in a schema, with the form that its value must have. */
export const secretPlaces = z.registry<{ form: SecretForm }>();

/**
 * A reference to a secret: an environment variable, a secret of Secrets Manager (the only choice in a deployment; `key`
 * is for a secret that is a JSON object), or for a private key or a signing key a file. The plan, the logs and the history contain this
 * reference, and never the value.
 */
export function secret(form: SecretForm) {
  const places = form === 'privateKey' || form === 'signingKey' ? [...anywhere, ofFile] : anywhere;
  return z
    .union(places, {
      error: 'names no secret: secrets are named in this file, never written into it',
    })
    .meta({
      example: `{ env: ES_PASSWORD } or { secretsManager: "arn:aws:secretsmanager:…", key: ${form} }`,
    })
    .register(secretPlaces, { form });
}

const ofEnvironment = z.strictObject({
  env: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not the name of an environment variable: letters, digits and _'),
});
export const ofSecretsManager = z.strictObject({
  secretsManager: z
    .string()
    .regex(/^arn:[^:]+:secretsmanager:[^:]+:\d+:secret:.+$/, 'is not an ARN of Secrets Manager'),
  key: z.string().min(1).optional(),
});

const ofFile = z.strictObject({ file: z.string().min(1) });
const anywhere = [ofEnvironment, ofSecretsManager];

export const secretRef = z.union([ofEnvironment, ofSecretsManager, ofFile]);
export type SecretRef = z.infer<typeof secretRef>;

/**
 * Reads the value of a secret, which must have the form of a password if no other form is named. Throws
 * SecretUnavailable, or Unreachable or ServerTrouble if reading it may succeed later.
 */
export type Secrets = (ref: SecretRef, form?: SecretForm) => Promise<string>;

/** Returns the text of a secret of Secrets Manager. */
export type FetchSecret = (arn: string) => Promise<string | undefined>;

/** Returns the text of a file that the configuration names; a relative path begins where the configuration file is. */
export type ReadFile = (file: string) => Promise<string>;

/** Refuses to read files, for a process that has none. */
export const noFiles: ReadFile = async () => {
  throw new Error('this process cannot read files');
};

/**
 * Reads secrets from the environment, from Secrets Manager by `fetchSecret`, and from files by `readFile`. A value that
 * cannot be used is refused here, where its name is known: the error of a client would not say what is wrong.
 */
export function secretReader(
  environment: NodeJS.ProcessEnv,
  fetchSecret: FetchSecret,
  warn: (text: string) => void = () => {},
  readFile = noFiles,
): Secrets {
  const warned = new Set<string>();
  const read = async (ref: SecretRef) => {
    if ('env' in ref) return environment[ref.env];
    return 'file' in ref ? readPrivate(ref, readFile) : readKey(ref, await fetchSecret(ref.secretsManager));
  };
  return async (ref, form = 'password') => {
    const usable = requireUsable(ref, await read(ref), form);
    if (form !== 'password' && form !== 'apiKey') return usable;
    const name = nameOfSecret(ref);
    // A password may begin or end with a blank, but usually the blank was copied by mistake.
    if (usable !== usable.trim() && !warned.has(name)) {
      warned.add(name);
      warn(`${capitalized(name)} begins or ends with a blank, and is used as it is.`);
    }
    return usable;
  };
}

async function readPrivate(ref: { file: string }, readFile: ReadFile): Promise<string> {
  try {
    return await readFile(ref.file);
  } catch (cause) {
    throw unavailable(
      ref,
      `cannot be read: ${describe(cause)}`,
      'Correct its path, which begins where the configuration file is, or make it readable.',
    );
  }
}

function readKey(ref: { secretsManager: string; key?: string | undefined }, text: string | undefined) {
  if (!text)
    throw unavailable(ref, 'has no text value', 'Store a text in it; a binary secret cannot be used.');
  if (ref.key === undefined) return text;
  const parsed = z.record(z.string(), z.unknown()).safeParse(parseJson(text));
  const value = parsed.success ? parsed.data[ref.key] : undefined;
  if (typeof value === 'string') return value;
  throw new BackupError(
    'SecretUnavailable',
    `The secret ${ref.secretsManager} is not a JSON object with a text under "${ref.key}"`,
    { remedy: 'Correct `key` in the configuration, or the secret.' },
  );
}

function requireUsable(ref: SecretRef, value: string | undefined, form: SecretForm): string {
  const remedy = 'env' in ref ? `Set ${ref.env} where camunda-backup runs.` : 'Store a value in it.';
  if (value === undefined) throw unavailable(ref, 'is not set', remedy);
  if (value.trim() === '')
    throw unavailable(ref, value === '' ? 'is empty' : 'has nothing but blanks', remedy);
  if (form === 'privateKey') return requirePrivateKey(ref, value);
  if (form === 'certificates') return requireCertificates(ref, value);
  if (form === 'signingKey') return requireSigningKey(ref, value);
  const control = controlIn(value);
  if (control === undefined) return form === 'apiKey' ? requireApiKey(ref, value) : value;
  const isLast = controlIn(value.trimEnd()) === undefined;
  throw unavailable(
    ref,
    `${isLast ? 'ends in' : 'contains'} ${control}, which no login can carry`,
    withoutLineBreak(ref),
  );
}

function requirePrivateKey(ref: SecretRef, value: string): string {
  if (/-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/.test(value)) return value;
  throw unavailable(
    ref,
    'is not a private key (PEM)',
    'Use the text with -----BEGIN PRIVATE KEY-----, with its line breaks, and without a passphrase.',
  );
}

/** Whether a text has a certificate in it (PEM). Node accepts a text without any as an empty list of authorities. */
export const hasCertificate = (text: string) => text.includes('-----BEGIN CERTIFICATE-----');

function requireCertificates(ref: SecretRef, value: string): string {
  if (hasCertificate(value)) return value;
  throw unavailable(
    ref,
    'contains no certificate (PEM)',
    'Store the text with -----BEGIN CERTIFICATE----- in it, with its line breaks.',
  );
}

function requireSigningKey(ref: SecretRef, value: string): string {
  const wrong = whatIsWrongWith(value);
  if (wrong === undefined) return value;
  throw unavailable(
    ref,
    `is no key for signatures: it ${wrong}`,
    `Make one, for this program and for the receiver: printf 'whsec_%s' "$(openssl rand -base64 32)"`,
  );
}

function requireApiKey(ref: SecretRef, value: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw unavailable(
    ref,
    'is not an API key: it has blanks or letters that a header cannot contain',
    'Use the key as the search engine or Camunda has shown it (`encoded`, for Elasticsearch).',
  );
}

/** Usually such a value was made from a file, whose last line ends in a line break. */
function withoutLineBreak(ref: SecretRef): string {
  if ('env' in ref) {
    return `Set ${ref.env} without it: printf '%s' and not echo; of a file in Kubernetes: kubectl create secret generic NAME --from-literal=${ref.env}="$(cat FILE)"`;
  }
  if ('file' in ref) return `Write the file ${ref.file} without it.`;
  return `Store it without it: aws secretsmanager put-secret-value --secret-id ${ref.secretsManager} --secret-string "$(cat FILE)"`;
}

/** The first control character of a text, in words. */
export function controlIn(text: string): string | undefined {
  const found = [...text].find((letter) => letter < ' ' || letter === '\x7f');
  if (found === undefined) return undefined;
  if (found === '\n' || found === '\r') return 'a line break';
  return `a control character (U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')})`;
}

function unavailable(ref: SecretRef, what: string, remedy: string): BackupError {
  return new BackupError('SecretUnavailable', `${capitalized(nameOfSecret(ref))} ${what}`, { remedy });
}

/** The place of a secret as a part of a sentence. */
export function nameOfSecret(ref: SecretRef): string {
  if ('env' in ref) return `the environment variable ${ref.env}`;
  if ('file' in ref) return `the file ${ref.file}`;
  return ref.key === undefined
    ? `the secret ${ref.secretsManager}`
    : `"${ref.key}" of the secret ${ref.secretsManager}`;
}

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Splits an ARN: `arn:aws:SERVICE:REGION:ACCOUNT:…` */
export function partsOfArn(arn: string): { region: string; account: string } {
  const [, , , region = '', account = ''] = arn.split(':');
  return { region, account };
}

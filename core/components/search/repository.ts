import * as z from 'zod';
import { BackupError } from '../../errors.ts';

/** How a snapshot repository is registered, as far as a backup needs to know. */
export interface Repository {
  /** By what snapshots can only be read from it, and none be taken, if so; `_verify` says yes to it all the same. */
  readonly: 'setting' | 'type' | undefined;
  /** What it takes to register it elsewhere. */
  definition?: RepositoryDefinition;
}

export interface RepositoryDefinition {
  /** Such as `s3` or `fs`. */
  type?: string;
  /** As far as they are known to hold no secret. */
  settings: Record<string, string>;
  /** The names of all other settings. */
  omittedSettings: string[];
}

/** Both engines' answers to `GET _snapshot/{repository}`. Settings are texts, as they were sent or not. */
const repositories = z.record(
  z.string(),
  z.object({
    type: z.string().nullish().catch(undefined),
    settings: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  }),
);

export function readRepository(url: string, body: unknown, name: string): Repository {
  const parsed = repositories.safeParse(body);
  const found = parsed.data?.[name];
  if (!found) {
    throw new BackupError(
      'UnexpectedAnswer',
      `The search engine at ${url} told of the repository ${name} in a form that is not known${parsed.error ? `: ${z.prettifyError(parsed.error)}` : ''}`,
    );
  }
  const { type, settings } = found;
  return {
    readonly: readonlyBy(type, settings?.['readonly']),
    definition: { ...(type ? { type } : {}), ...withoutSecrets(settings ?? {}) },
  };
}

function readonlyBy(type: string | null | undefined, setting: unknown): Repository['readonly'] {
  // A repository of type url is one to read from, whatever its settings say.
  if (type === 'url') return 'type';
  return String(setting) === 'true' ? 'setting' : undefined;
}

/** What is not in this list may be a secret, such as `secret_key`. */
const harmlessSettings = new Set([
  'bucket',
  'base_path',
  'region',
  'endpoint',
  'protocol',
  'path_style_access',
  'client',
  'container',
  'location',
  'location_mode',
  'storage_class',
  'canned_acl',
  'server_side_encryption',
  'compress',
  'chunk_size',
  'buffer_size',
  'readonly',
  'max_snapshot_bytes_per_sec',
  'max_restore_bytes_per_sec',
]);
const plain = z.union([z.string(), z.number(), z.boolean()]).transform(String);

function withoutSecrets(all: Record<string, unknown>): Omit<RepositoryDefinition, 'type'> {
  const settings: Record<string, string> = {};
  const omittedSettings: string[] = [];
  for (const [key, value] of Object.entries(all)) {
    const { data } = plain.safeParse(value);
    // An address may name who logs in.
    if (harmlessSettings.has(key) && data !== undefined && !data.includes('@')) settings[key] = data;
    else omittedSettings.push(key);
  }
  return { settings, omittedSettings: omittedSettings.toSorted() };
}

/** Of a list of snapshots no more than the names, as with `verbose=false`: there the states are not to be trusted. */
const names = z.object({ snapshots: z.array(z.object({ snapshot: z.string() })) });

export function readNames(url: string, body: unknown): string[] {
  const parsed = names.safeParse(body);
  if (parsed.success) return parsed.data.snapshots.map(({ snapshot }) => snapshot);
  throw new BackupError(
    'UnexpectedAnswer',
    `The search engine at ${url} listed snapshots in a form that is not known: ${z.prettifyError(parsed.error)}`,
  );
}

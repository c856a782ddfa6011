import * as z from 'zod';
import { BackupError } from '../../errors.ts';

/** The registration of a snapshot repository, as far as a backup needs it. */
export interface Repository {
  /** The reason why no snapshots can be written to it; undefined if they can. `_verify` succeeds in both cases. */
  readonly: 'setting' | 'type' | undefined;
  /** The settings that are needed to register it at another engine. */
  definition?: RepositoryDefinition;
}

export interface RepositoryDefinition {
  /** Such as `s3` or `fs`. */
  type?: string;
  /** Only settings that certainly contain no secret. */
  settings: Record<string, string>;
  /** The names of all other settings, whose values are not recorded. */
  omittedSettings: string[];
}

/** The answer of both engines to `GET _snapshot/{repository}`. Settings may be texts even if numbers were sent. */
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
      `The search engine at ${url} described the repository ${name} in a form that is not known${parsed.error ? `: ${z.prettifyError(parsed.error)}` : ''}`,
    );
  }
  const { type, settings } = found;
  return {
    readonly: readonlyBy(type, settings?.['readonly']),
    definition: { ...(type ? { type } : {}), ...withoutSecrets(settings ?? {}) },
  };
}

function readonlyBy(type: string | null | undefined, setting: unknown): Repository['readonly'] {
  // A repository of type url is always read-only, whatever its settings say.
  if (type === 'url') return 'type';
  return String(setting) === 'true' ? 'setting' : undefined;
}

/** Every other setting may be a secret, such as `secret_key`. */
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
    // An address with an @ may contain a user name and a password.
    if (harmlessSettings.has(key) && data !== undefined && !data.includes('@')) settings[key] = data;
    else omittedSettings.push(key);
  }
  return { settings, omittedSettings: omittedSettings.toSorted() };
}

/** Reads only the names from a list of snapshots, because with `verbose=false` the states are not reliable. */
const names = z.object({ snapshots: z.array(z.object({ snapshot: z.string() })) });

export function readNames(url: string, body: unknown): string[] {
  const parsed = names.safeParse(body);
  if (parsed.success) return parsed.data.snapshots.map(({ snapshot }) => snapshot);
  throw new BackupError(
    'UnexpectedAnswer',
    `The search engine at ${url} listed snapshots in a form that is not known: ${z.prettifyError(parsed.error)}`,
  );
}

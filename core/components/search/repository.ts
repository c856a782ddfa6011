import * as z from 'zod';
import { BackupError } from '../../errors.ts';

/** How a snapshot repository is registered, as far as a backup needs to know. */
export interface Repository {
  /** By what snapshots can only be read from it, and none be taken, if so; `_verify` says yes to it all the same. */
  readonly: 'setting' | 'type' | undefined;
}

/** Both engines' answers to `GET _snapshot/{repository}`. Settings are texts, as they were sent or not. */
const repositories = z.record(
  z.string(),
  z.object({
    type: z.string().nullish().catch(undefined),
    settings: z.object({ readonly: z.unknown().optional() }).nullish().catch(undefined),
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
  // A repository of type url is one to read from, whatever its settings say.
  if (type === 'url') return { readonly: 'type' };
  return { readonly: String(settings?.readonly) === 'true' ? 'setting' : undefined };
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

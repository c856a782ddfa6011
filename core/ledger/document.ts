import * as z from 'zod';
import { BackupError } from '../errors.ts';
import type { Store } from './store/store.ts';

/**
 * One document of the ledger. The schema that reads it also checks every text before it is written, so that no document
 * is written that could not be read again. Throws LedgerCorrupt.
 */
export function documentIn<T>(
  store: Store,
  key: string,
  schema: z.ZodType<T>,
  {
    remedyOf = () => newerOrDamaged,
    indent = 2,
  }: {
    /** Makes the remedy for a text that is not this document. */
    remedyOf?: (text: string) => string;
    indent?: number;
  } = {},
) {
  const print = (value: T) => {
    const written = z.safeEncode(schema, value);
    const text = `${JSON.stringify(written.data, undefined, indent)}\n`;
    const read = written.success ? readBy(schema, text) : { why: whyIn(written.error), cause: written.error };
    if ('value' in read) return text;
    throw new BackupError(
      'LedgerCorrupt',
      `This is a bug in camunda-backup: it was about to write ${store.location(key)} in a form that could not be read again (${read.why}). Nothing was written`,
      { cause: read.cause },
    );
  };
  /** Returns the reason why a text is not this document; undefined if it is. */
  const problemOf = (text: string) => {
    const read = readBy(schema, text);
    return 'value' in read ? undefined : unreadable(read, text);
  };
  const unreadable = ({ why, cause }: { why: string; cause: unknown }, text: string) =>
    new BackupError(
      'LedgerCorrupt',
      `${store.location(key)} is not a document of this version of the ledger (${why})`,
      { cause, remedy: remedyOf(text) },
    );
  const read = async (): Promise<{ value: T; version: string } | undefined> => {
    const found = await store.read(key);
    if (!found) return undefined;
    const parsed = readBy(schema, found.text);
    if ('value' in parsed) return { value: parsed.value, version: found.version };
    throw unreadable(parsed, found.text);
  };
  const create = async (value: T) => store.create(key, print(value));
  const replace = async (value: T, version: string) => store.replace(key, print(value), version);
  return {
    read,
    problemOf,
    create,
    write: async (value: T) => store.write(key, print(value)),
    replace,
    /**
     * Changes the document, and tries again if another process changes it at the same time. `make` gets the current value,
     * and returns the same value, or undefined, to write nothing. Returns what `make` returned. Throws LedgerError if the
     * document keeps changing.
     */
    async change(make: (value: T | undefined) => T | undefined | Promise<T | undefined>) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const found = await read();
        const next = await make(found?.value);
        if (next === undefined || next === found?.value) return next;
        if (found ? await replace(next, found.version) : await create(next)) return next;
      }
      throw new BackupError('LedgerError', `${store.location(key)} kept changing while it was written`);
    },
    location: () => store.location(key),
  };
}

/** How often a change is tried against concurrent changes. */
const attempts = 5;

const newerOrDamaged =
  'If a newer camunda-backup wrote it, use that one. Otherwise restore the document from an older version, or move it away.';

function readBy<T>(schema: z.ZodType<T>, text: string): { value: T } | { why: string; cause: unknown } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    return { why: 'not JSON', cause };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { value: parsed.data };
  return { why: whyIn(parsed.error), cause: parsed.error };
}

/** Describes the first problem. If the schema allows several shapes, it uses the one with the fewest problems. */
function whyIn({ issues: [first] }: z.ZodError): string {
  const shapes = first?.code === 'invalid_union' ? first.errors : [];
  const [nearest] = shapes.toSorted((a, b) => a.length - b.length);
  const issue = nearest?.[0] ?? first;
  return `${issue?.path.join('.')}: ${issue?.message}`;
}

import * as z from 'zod';
import { obstacleAt, silence } from '../connection.ts';
import { BackupError, describe } from '../errors.ts';
import type { Snapshot } from './engine.ts';

/** Both engines' answers to `GET _snapshot/{repository}/{names}`. */
const snapshotInfo = z.object({
  snapshot: z.string(),
  state: z.string(),
  indices: z.array(z.string()).default([]),
  shards: z
    .object({ total: z.number(), successful: z.number(), failed: z.number() })
    .default({ total: 0, successful: 0, failed: 0 }),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  start_time: z.string().nullish(),
  end_time: z.string().nullish(),
  end_time_in_millis: z.number().nullish(),
  failures: z
    .array(z.object({ index: z.string().nullish(), reason: z.string().nullish() }).or(z.unknown()))
    .nullish(),
});
const snapshotList = z.object({ snapshots: z.array(snapshotInfo) });

export function readSnapshots(url: string, body: unknown): Snapshot[] {
  const parsed = snapshotList.safeParse(body);
  if (!parsed.success) {
    throw new BackupError(
      'UnexpectedAnswer',
      `The search engine at ${url} listed snapshots in a form that is not known: ${z.prettifyError(parsed.error)}`,
    );
  }
  return parsed.data.snapshots.map((info) => ({
    name: info.snapshot,
    state: info.state,
    indices: info.indices,
    shards: info.shards,
    metadata: info.metadata ?? {},
    startedAt: info.start_time ?? undefined,
    // While it runs, the end is 1970.
    endedAt: info.end_time_in_millis ? (info.end_time ?? undefined) : undefined,
    failures: (info.failures ?? []).map((failure) => JSON.stringify(failure)),
  }));
}

/** OpenSearch's answer to `GET _cluster/state/customs?filter_path=snapshot_deletions`. */
const deletions = z.object({
  snapshot_deletions: z
    .object({
      snapshot_deletions: z.array(z.object({ repository: z.string(), snapshots: z.array(z.string()) })),
    })
    .default({ snapshot_deletions: [] }),
});

export function readDeletions(url: string, body: unknown, repository: string): string[] {
  const parsed = deletions.safeParse(body);
  if (!parsed.success) {
    throw new BackupError(
      'UnexpectedAnswer',
      `The search engine at ${url} told of snapshots that are deleted in a form that is not known: ${z.prettifyError(parsed.error)}`,
    );
  }
  return parsed.data.snapshot_deletions.snapshot_deletions
    .filter((deletion) => deletion.repository === repository)
    .flatMap(({ snapshots }) => snapshots);
}

/** What a client of either engine throws: a status and a body where there was an answer. */
const clientError = z.object({
  name: z.string(),
  message: z.string(),
  statusCode: z.number().nullish(),
  body: z.unknown().optional(),
});
const errorBody = z.object({
  error: z.union([
    z.string(),
    z.object({ type: z.string().nullish(), reason: z.string().nullish(), caused_by: z.unknown().optional() }),
  ]),
});

/** The type of the error that the engine answered with, such as `repository_missing_exception`. */
export function errorType(error: unknown): { status: number | undefined; type: string | undefined } {
  const parsed = clientError.safeParse(error);
  if (!parsed.success) return { status: undefined, type: undefined };
  const body = errorBody.safeParse(parsed.data.body);
  const type = body.success && typeof body.data.error === 'object' ? body.data.error.type : undefined;
  return { status: parsed.data.statusCode ?? undefined, type: type ?? undefined };
}

/** A client's error as one of ours: the engine, the call, the status and the engine's own words. */
export async function searchError(
  engine: string,
  url: string,
  call: string,
  error: unknown,
): Promise<BackupError> {
  if (error instanceof BackupError) return error;
  const parsed = clientError.safeParse(error);
  const status = parsed.success ? (parsed.data.statusCode ?? undefined) : undefined;
  if (!parsed.success || !status) return withoutAnswer(engine, url, call, error);
  const says = wordsOf(parsed.data.body) ?? parsed.data.message;
  const sentence = `${engine} answered ${call} at ${url} with ${status}: ${says}`;
  const lasting = lastingTroubles.find((one) => one.says.test(says));
  if (lasting) {
    const { remedy } = lasting;
    return new BackupError('RequestRefused', sentence, { status, cause: error, remedy });
  }
  if (status >= 500 || status === 429 || status === 409) {
    return new BackupError('ServerTrouble', sentence, { status, cause: error, ...remedyFor(says, status) });
  }
  return new BackupError('RequestRefused', sentence, { status, cause: error, ...remedyFor(says, status) });
}

/** What an engine answers with 500, and goes on to answer until somebody registers the repository anew. */
const lastingTroubles: { says: RegExp; remedy: string }[] = [
  {
    says: /readonly repository|repository is readonly/,
    remedy:
      'Register the repository again without `readonly` (PUT _snapshot/NAME with its type and settings).',
  },
  {
    says: /do not match its expected state|disabled to prevent data corruption/,
    remedy:
      'Find out what else writes into this repository or has changed its files; then register it again (PUT _snapshot/NAME).',
  },
];

async function withoutAnswer(
  engine: string,
  url: string,
  call: string,
  error: unknown,
): Promise<BackupError> {
  const name = error instanceof Error ? error.name : '';
  if (name === 'ProductNotSupportedError') {
    return new BackupError('UnexpectedAnswer', `The server at ${url} is not Elasticsearch`, {
      cause: error,
      remedy: 'If it is OpenSearch, write `engine: opensearch`.',
    });
  }
  if (name === 'DeserializationError') {
    return new BackupError('UnexpectedAnswer', `${engine} answered ${call} at ${url}, but not with JSON`, {
      cause: error,
      remedy: 'Check that the url is the search engine itself and not a web page or a proxy in front of it.',
    });
  }
  const { what, remedy, passes } =
    name === 'TimeoutError'
      ? { what: describe(error), remedy: silence(url), passes: true }
      : await obstacleAt(url, error);
  return new BackupError(
    passes ? 'Unreachable' : 'AddressUnusable',
    `${engine} did not answer ${call} at ${url}: ${what}`,
    { cause: error, remedy },
  );
}

function wordsOf(body: unknown): string | undefined {
  const parsed = errorBody.safeParse(body);
  if (!parsed.success) return undefined;
  const { error } = parsed.data;
  if (typeof error === 'string') return error;
  return [error.type, error.reason, innermostReason(error.caused_by)].filter(Boolean).join(': ');
}

/** Repository trouble says what is wrong only in its last `caused_by`. */
function innermostReason(cause: unknown): string | undefined {
  const parsed = z
    .object({ reason: z.string().nullish(), caused_by: z.unknown().optional() })
    .safeParse(cause);
  if (!parsed.success) return undefined;
  return innermostReason(parsed.data.caused_by) ?? parsed.data.reason ?? undefined;
}

function remedyFor(says: string, status: number): { remedy?: string } {
  if (/repository_missing/.test(says)) {
    return { remedy: 'Register the snapshot repository under this name, or correct `search.repository`.' };
  }
  if (/repository_verification|repository_exception/.test(says)) {
    return {
      remedy:
        'Check that every node of the search engine can write to the repository (POST _snapshot/NAME/_verify).',
    };
  }
  if (status === 401 || status === 403) {
    return {
      remedy:
        'Check `search.auth`, and that this user may manage snapshots (cluster privilege create_snapshot, monitor).',
    };
  }
  return {};
}

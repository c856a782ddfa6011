import * as z from 'zod';
import { EngineDown } from '../camunda/web-application.ts';

/** A search engine's address, with the user and password of basic authentication if it asks for them. */
export interface SearchAddress {
  url: string;
  auth?: { username: string; password: string } | undefined;
}

/** The engine answered that it does not do what it was asked for. */
export class EngineRefused extends Error {
  override readonly name = 'EngineRefused';
  readonly status: number;
  /** The engine's own name of the error, such as `snapshot_missing_exception`. */
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

/** One document of a bulk request. */
export type Write = { index: string; id: string } & (
  | { replace: Record<string, unknown>; routing: string }
  /** The fields are written into the document, which is made if it is missing. */
  | { upsert: Record<string, unknown> }
);

/** How long an engine that is suspended is waited for, as the Java client waits. */
const SILENCE_MS = 30_000;
const UNABLE = [429, 502, 503, 504];
const PAGE = 1000;

const errorBody = z.object({
  error: z.union([z.string(), z.object({ type: z.string(), reason: z.string().nullish() })]),
});
const bulkAnswer = z.object({
  errors: z.boolean(),
  items: z.array(
    z.record(
      z.string(),
      z.object({ status: z.number(), error: z.looseObject({ type: z.string() }).optional() }),
    ),
  ),
});
const hits = z.object({
  _scroll_id: z.string().optional(),
  hits: z.object({ hits: z.array(z.object({ _index: z.string(), _id: z.string(), _source: z.unknown() })) }),
});

export interface Hit {
  index: string;
  id: string;
  source: unknown;
}

/** Calls a search engine. Every error is an `EngineDown` or an `EngineRefused`. */
export class EngineClient {
  readonly #address: SearchAddress;
  readonly #closing = new AbortController();

  constructor(address: SearchAddress) {
    this.#address = address;
  }

  /** Gives up the calls that run. What they asked for goes on in the engine, as if this process had been killed. */
  close(): void {
    this.#closing.abort();
  }

  /** With `untilDone` the call waits as long as the engine works. */
  async call<T>(
    method: string,
    path: string,
    schema: z.ZodType<T>,
    body?: unknown,
    { untilDone = false }: { untilDone?: boolean } = {},
  ): Promise<T> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const type = typeof body === 'string' ? 'application/x-ndjson' : 'application/json';
    const { status, answer } = await this.#send(method, path, text, type, untilDone);
    if (UNABLE.includes(status)) throw new EngineDown(`${method} ${path}: ${status} ${answer}`);
    if (status >= 400) throw refusal(status, `${method} ${path}`, answer);
    return schema.parse(JSON.parse(answer));
  }

  /** Writes documents, all or with an error. After an error some may have been written. */
  async write(writes: Write[]): Promise<void> {
    if (writes.length === 0) return;
    const lines = writes.flatMap((write) =>
      'replace' in write
        ? [{ index: { _index: write.index, _id: write.id, routing: write.routing } }, write.replace]
        : [
            { update: { _index: write.index, _id: write.id, retry_on_conflict: 3 } },
            { doc: write.upsert, doc_as_upsert: true },
          ],
    );
    const body = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
    const { errors, items } = await this.call('POST', '_bulk', bulkAnswer, body);
    if (!errors) return;
    const failed = items.flatMap((item) => Object.values(item)).find(({ error }) => error !== undefined);
    const why = JSON.stringify(failed?.error);
    throw new EngineRefused(failed?.status ?? 500, failed?.error?.type ?? 'bulk', `POST _bulk: ${why}`);
  }

  /** The first documents of some indices that fit, after a refresh. Indices that are missing have none. */
  async find(indices: string, query: Record<string, unknown>): Promise<Hit[]> {
    await this.refresh(indices);
    const found = await this.call('POST', `${indices}/_search?ignore_unavailable=true`, hits, query);
    return found.hits.hits.map(hitOf);
  }

  /** All documents of some indices, after a refresh. Indices that are missing have none. */
  async scroll(indices: string): Promise<Hit[]> {
    await this.refresh(indices);
    const path = `${indices}/_search?ignore_unavailable=true&scroll=1m`;
    let page = await this.call('POST', path, hits, { size: PAGE, sort: ['_doc'] });
    const found: Hit[] = [];
    while (page.hits.hits.length > 0) {
      found.push(...page.hits.hits.map(hitOf));
      page = await this.call('POST', '_search/scroll', hits, { scroll: '1m', scroll_id: page._scroll_id });
    }
    await this.call('DELETE', '_search/scroll', z.unknown(), { scroll_id: page._scroll_id });
    return found;
  }

  async refresh(indices: string): Promise<void> {
    await this.call('POST', `${indices}/_refresh?ignore_unavailable=true`, z.unknown());
  }

  async #send(
    method: string,
    path: string,
    body: string | undefined,
    type: string,
    untilDone: boolean,
  ): Promise<{ status: number; answer: string }> {
    const { url, auth } = this.#address;
    const closing = this.#closing.signal;
    try {
      const response = await fetch(`${url.replace(/\/+$/, '')}/${path}`, {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': type }),
          ...(auth && { authorization: `Basic ${btoa(`${auth.username}:${auth.password}`)}` }),
        },
        ...(body !== undefined && { body }),
        signal: untilDone ? closing : AbortSignal.any([closing, AbortSignal.timeout(SILENCE_MS)]),
      });
      return { status: response.status, answer: await response.text() };
    } catch (error) {
      throw new EngineDown(`${method} ${path}: the search engine does not answer`, { cause: error });
    }
  }
}

const hitOf = ({ _index, _id, _source }: { _index: string; _id: string; _source?: unknown }): Hit => ({
  index: _index,
  id: _id,
  source: _source,
});

function refusal(status: number, call: string, answer: string): EngineRefused {
  const read = errorBody.safeParse(parsed(answer));
  const error = read.success ? read.data.error : answer;
  if (typeof error === 'string') return new EngineRefused(status, '', `${call}: ${status} ${error}`);
  return new EngineRefused(status, error.type, `${call}: ${status} ${error.type}: ${error.reason ?? ''}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import type { Answer, Request } from '../http/http.ts';
import type { SearchEngine, Settings } from '../options.ts';
import { errorBody, type SearchError } from './errors.ts';
import { filtered } from './filter-path.ts';

/** The answers of an engine, with its media type and headers, its errors and its authentication. */
export interface SearchReplies {
  engine: SearchEngine;
  reply(request: Request, status: number, body: unknown): Answer;
  refuse(request: Request, error: SearchError): Answer;
  /** The refusal of a request without the configured credentials; undefined if it has them. */
  unauthorized(request: Request): Answer | undefined;
}

export function searchReplies(settings: Settings, engine: SearchEngine): SearchReplies {
  const elastic = engine === 'elasticsearch';

  function reply(request: Request, status: number, whole: unknown): Answer {
    const filterPath = request.query.get('filter_path');
    const body = status === 200 && filterPath !== null ? filtered(whole, filterPath) : whole;
    if (!elastic) {
      return answer(status, 'application/json; charset=UTF-8', JSON.stringify(body), {});
    }
    // The official client requests the media type of its own version.
    const compatible = /application\/vnd\.elasticsearch\+json; ?compatible-with=(\d+)/.exec(
      request.header('accept') ?? '',
    );
    const contentType = compatible
      ? `application/vnd.elasticsearch+json;compatible-with=${compatible[1]}`
      : 'application/json';
    return answer(status, contentType, JSON.stringify(body), { 'X-elastic-product': 'Elasticsearch' });
  }

  const refuse = (request: Request, error: SearchError): Answer =>
    reply(request, error.status, errorBody(error));

  function authorized(request: Request): boolean {
    const auth = settings.searchAuth;
    if (auth === undefined) return true;
    const sent = request.header('authorization');
    if ('apiKey' in auth) return sent === `ApiKey ${auth.apiKey}`;
    return sent === `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
  }

  function unauthorized(request: Request): Answer | undefined {
    if (authorized(request)) return undefined;
    if (!elastic) return answer(401, 'text/plain; charset=UTF-8', 'Unauthorized', {});
    const reason = `missing authentication credentials for REST request [${request.path}]`;
    return refuse(request, { status: 401, type: 'security_exception', reason });
  }

  return { engine, reply, refuse, unauthorized };
}

const answer = (
  status: number,
  contentType: string,
  body: string,
  headers: Record<string, string>,
): Answer => ({
  status,
  headers: { 'Content-Type': contentType, ...headers },
  body,
});

import * as z from 'zod';
import type { Auth } from '../../connect/authenticate.ts';
import { obstacleAt, silence } from '../../connect/connection.ts';
import { explainRedirect, useInstead } from '../../connect/redirect.ts';
import { refusedLogin } from '../../connect/refused-login.ts';
import type { TlsOptions } from '../../connect/tls.ts';
import { BackupError, describe } from '../../errors.ts';
import { adviceFor, sayingIn } from '../../remedies.ts';
import { RedirectError } from './connection.ts';
import type { SearchAddress } from './engine.ts';

/** The errors of both clients. They have a status and a body if the server answered. */
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

/** Reads the type of an engine's error, such as `repository_missing_exception`, and the status of the answer. */
export function errorType(error: unknown): { status: number | undefined; type: string | undefined } {
  const parsed = clientError.safeParse(error);
  if (!parsed.success) return { status: undefined, type: undefined };
  const body = errorBody.safeParse(parsed.data.body);
  const type = body.success && typeof body.data.error === 'object' ? body.data.error.type : undefined;
  return { status: parsed.data.statusCode ?? undefined, type: type ?? undefined };
}

/** Turns a client's error into a BackupError that names the engine, the call, the status and the engine's own words. */
export async function searchError(
  engine: string,
  { url, auth }: Pick<SearchAddress, 'url' | 'auth'>,
  call: string,
  error: unknown,
  tls?: TlsOptions,
): Promise<BackupError> {
  if (error instanceof BackupError) return error;
  if (error instanceof RedirectError) return redirected(engine, url, call, error);
  const parsed = clientError.safeParse(error);
  const status = parsed.success ? (parsed.data.statusCode ?? undefined) : undefined;
  if (!parsed.success || !status) return withoutAnswer(engine, url, call, error, tls);
  const says = reasonIn(parsed.data.body) ?? parsed.data.message;
  const sentence = `${engine} answered ${call} at ${url} with ${status}: ${says}`;
  const known = sayingIn(says, 'search');
  if (known.name)
    return new BackupError(known.name, sentence, { status, cause: error, remedy: known.remedy });
  const stranger = notASearchEngine(url, status, parsed.data);
  if (stranger) {
    const { is, remedy } = stranger;
    const head = `${engine} should answer ${call} at ${url}: ${is}`;
    return new BackupError('UnexpectedAnswer', head, { status, cause: error, remedy });
  }
  const passes = status >= 500 || status === 429 || status === 409;
  const remedy =
    known.remedy ??
    privilegeRemedy(status, says) ??
    loginRemedy(status, auth) ??
    adviceFor(says) ??
    seeEngineLog(engine, url);
  return new BackupError(passes ? 'ServerTrouble' : 'RequestRefused', sentence, {
    status,
    cause: error,
    remedy,
  });
}

function redirected(engine: string, url: string, call: string, error: RedirectError): BackupError {
  const { status, path, location } = error;
  const { seen, url: instead } = explainRedirect(`${url}${path}`, url, location);
  return new BackupError('UnexpectedAnswer', `${engine} answered ${call} at ${url} with ${status}: ${seen}`, {
    status,
    cause: error,
    remedy: instead === undefined ? itself : useInstead(instead),
  });
}

const itself =
  'Write the address of the search engine itself into `search.url`, and not the address of a web page or a proxy in front of it.';

async function withoutAnswer(
  engine: string,
  url: string,
  call: string,
  error: unknown,
  tls: TlsOptions | undefined,
): Promise<BackupError> {
  const name = error instanceof Error ? error.name : '';
  if (name === 'ProductNotSupportedError') {
    return new BackupError('UnexpectedAnswer', `The server at ${url} is not Elasticsearch`, {
      cause: error,
      remedy:
        'If it is OpenSearch, write `engine: opensearch`. If it is something else, such as Camunda or a web page, write the address of the search engine into `search.url`.',
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
      : await obstacleAt(url, error, tls);
  return new BackupError(
    passes ? 'Unreachable' : 'AddressUnusable',
    `${engine} did not answer ${call} at ${url}: ${what}`,
    { cause: error, remedy },
  );
}

/** Amazon OpenSearch Service answers so in place of the engine, such as to a request that it does not allow. */
const ofAmazon = z.union([
  z.object({ message: z.string() }),
  z.object({ Message: z.string() }).transform(({ Message }) => ({ message: Message })),
]);

function reasonIn(body: unknown): string | undefined {
  const parsed = errorBody.safeParse(body);
  if (!parsed.success) return ofAmazon.safeParse(body).data?.message;
  const { error } = parsed.data;
  if (typeof error === 'string') return error;
  return [error.type, error.reason, causeIn(error.caused_by)].filter(Boolean).join(': ');
}

/**
 * Only the innermost `caused_by` of a repository's error names the cause. An outer one may repeat it with more: of
 * `Connection refused`, the address that refused.
 */
function causeIn(cause: unknown): string | undefined {
  const reasons = reasonsIn(cause);
  const innermost = reasons.at(-1);
  return innermost === undefined ? undefined : reasons.find((reason) => reason.includes(innermost));
}

/** The reasons of a `caused_by` and of those within it, from the outermost to the innermost. */
function reasonsIn(cause: unknown): string[] {
  const parsed = causedBy.safeParse(cause);
  if (!parsed.success) return [];
  const { reason, caused_by } = parsed.data;
  return [...(reason ? [reason] : []), ...reasonsIn(caused_by)];
}

const causedBy = z.object({ reason: z.string().nullish(), caused_by: z.unknown().optional() });

/** Recognizes a server that is not a search engine by its answer; undefined if the answer does not show that. */
function notASearchEngine(
  url: string,
  status: number,
  { body, message }: { body?: unknown; message: string },
): { is: string; remedy: string } | undefined {
  const { host } = new URL(url);
  const text = typeof body === 'string' ? body : message;
  if (ofSpring.safeParse(body).success) {
    return {
      is: `${host} is a Spring application, such as Camunda, and not a search engine`,
      remedy:
        'Write the address of the search engine into `search.url` (port 9200 unless configured otherwise). The addresses of Camunda belong to its components.',
    };
  }
  if (
    status === 400 &&
    /requires TLS|plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server/i.test(text)
  ) {
    return {
      is: `${host} speaks TLS and was spoken to without it`,
      remedy: `Write https://${host} in the configuration.`,
    };
  }
  if (status < 500 && /^\s*<(!doctype html|html)/i.test(text)) {
    return {
      is: `${host} shows a web page`,
      remedy: itself,
    };
  }
  return undefined;
}

/** Spring's answer for a missing endpoint. */
const ofSpring = z.object({
  timestamp: z.unknown(),
  status: z.number(),
  error: z.string(),
  path: z.string(),
});

const seeEngineLog = (engine: string, url: string) => `See the log of ${engine} at ${new URL(url).host}.`;

/**
 * Names the privilege that a known user lacks; undefined if the answer names no user, or the one that stands for
 * everybody who has not logged in.
 */
function privilegeRemedy(status: number, says: string): string | undefined {
  if (status !== 403) return undefined;
  const { action, user, granting } = (ofElasticsearch.exec(says) ?? ofOpenSearch.exec(says))?.groups ?? {};
  if (action === undefined || user === undefined || /anonymous/.test(user)) return undefined;
  const missing = granting
    ? `one of the privileges ${granting.split(',').join(', ')}`
    : `the permission ${action}`;
  return `Give ${missing} to a role of the user ${user} in the search engine, or log in as a user who has it (\`search.auth\`).`;
}

/** `action [A] is unauthorized for user [U] with …, this action is granted by the cluster privileges [P,Q]` */
const ofElasticsearch =
  /action \[(?<action>[^\]]+)\] is unauthorized for (?:\w+ )*?(?:user|service account) \[(?<user>[^\]]+)\](?:.*privileges \[(?<granting>[^\]]+)\])?/s;
/** `no permissions for [A] and User [name=U, backend_roles=[], …]` */
const ofOpenSearch = /no permissions for \[(?<action>[^\]]*)\] and User \[name=(?<user>[^,\]]+)/;

function loginRemedy(status: number, auth: Auth | undefined): string | undefined {
  if (status !== 401 && status !== 403) return undefined;
  if (!auth) return 'The search engine requires a login: configure `search.auth`.';
  const privileges = ' It needs the cluster privileges create_snapshot and monitor.';
  const domain =
    'aws' in auth
      ? ' The access policy of the domain must allow it es:ESHttp* on everything in the domain.'
      : '';
  const rights = status === 403 ? `${domain}${privileges}` : '';
  return `${refusedLogin(auth, status, 'the search engine', 'search.auth')}${rights}`;
}

import * as z from 'zod';
import { BackupError, type ErrorName } from '../errors.ts';
import type { HttpAnswer } from '../http.ts';
import { parseJson } from '../json.ts';

/**
 * Every error body that Camunda's management endpoints were seen to send, in the order in which they are
 * looked at: `{message}` (Zeebe, Operate, Tasklist, backupHistory), `{errorMessage, detailedMessage}`
 * (Optimize), problem+json `{title, detail}`, the exporting endpoint's wrapper `{body: {message}}`, Spring's
 * default `{error, path}`.
 */
const errorBody = z.object({
  message: z.string().nullish(),
  errorMessage: z.string().nullish(),
  detailedMessage: z.string().nullish(),
  title: z.string().nullish(),
  detail: z.string().nullish(),
  body: z.union([z.string(), z.object({ message: z.string().nullish() })]).nullish(),
  error: z.string().nullish(),
});

const longest = 500;

/** The server's own words, short enough for a sentence; undefined where it said nothing. */
export function serverMessage(answer: HttpAnswer): string | undefined {
  const parsed = errorBody.safeParse(parseJson(answer.text));
  const text = parsed.success ? wordsOf(parsed.data) : answer.text;
  const oneLine = text?.replace(/\s+/g, ' ').trim();
  if (!oneLine) return undefined;
  return oneLine.length > longest ? `${oneLine.slice(0, longest)}…` : oneLine;
}

function wordsOf(body: z.infer<typeof errorBody>): string | undefined {
  if (body.message) return body.message;
  if (body.errorMessage) return [body.errorMessage, body.detailedMessage].filter(Boolean).join(': ');
  if (body.detail || body.title) return body.detail ?? body.title ?? undefined;
  if (typeof body.body === 'string') return body.body;
  if (body.body?.message) return body.body.message;
  return body.error ?? undefined;
}

/** Spring answers a missing endpoint with `{timestamp, status, error, path}`: no `message`. */
export function isMissingEndpoint(answer: HttpAnswer): boolean {
  const parsed = errorBody.safeParse(parseJson(answer.text));
  return answer.status === 404 && parsed.success && !parsed.data.message && Boolean(parsed.data.error);
}

export function isHtml(answer: HttpAnswer): boolean {
  return answer.contentType === 'text/html' || /^\s*<(!doctype html|html)/i.test(answer.text);
}

/** Who was asked what: the head of every sentence about an answer. */
export interface Asked {
  component: string;
  method: string;
  url: string;
  /** Which of a component's ports it is; the management port unless it says so. */
  port?: Port | undefined;
}

/** What is wrong when another kind of server answers at a port, and what would be right. */
const ports = {
  management: {
    isNot: 'this is a web port, not the management port',
    shape: 'Check that the url is the management address of this component.',
    web: 'Use the management address (port 9600 unless configured otherwise; 8092 for Optimize), not the one of the web interface or an ingress.',
    missing:
      'Check the path (management.server.base-path or contextPath belongs to the url) and that the endpoint is exposed.',
    auth: 'Check `auth` of this component in the configuration.',
  },
  rest: {
    isNot: 'this is no answer of the REST API',
    shape: 'Check that `zeebe.rest.url` is the REST address of the cluster.',
    web: 'Use the REST address of the cluster (port 8080 unless configured otherwise, with its context path), and `zeebe.rest.auth` where it asks for a login.',
    missing: 'Check `zeebe.rest.url` (port 8080 unless configured otherwise, with its context path).',
    auth: 'Check `zeebe.rest.auth` in the configuration, and what this user may read.',
  },
};
type Port = keyof typeof ports;
const portOf = ({ port = 'management' }: Asked) => ports[port];

/** The body of a good answer, as `schema` reads it. Throws UnexpectedAnswer. */
export function readBody<T>(asked: Asked, answer: HttpAnswer, schema: z.ZodType<T>): T {
  if (isHtml(answer)) throw htmlAnswer(asked, answer);
  const body = parseJson(answer.text);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const why =
    body === undefined
      ? `not JSON: ${answer.text.slice(0, 80) || 'an empty body'}`
      : `${issue?.path.join('.') || 'body'}: ${issue?.message}`;
  throw new BackupError(
    'UnexpectedAnswer',
    `${asked.component} answered ${asked.method} ${asked.url} with ${answer.status}, but not as this API does (${why})`,
    { status: answer.status, remedy: portOf(asked).shape },
  );
}

/** An answer that is not a good one, as an error: the component, the URL, the status, the server's own words. */
export function refused(asked: Asked, answer: HttpAnswer): BackupError {
  const says = serverMessage(answer);
  const head = `${asked.component} answered ${asked.method} ${asked.url} with ${answer.status}`;
  const sentence = says ? `${head}: ${says}` : head;
  const { status } = answer;
  if (status >= 500 || status === 429) {
    return new BackupError('ServerTrouble', isHtml(answer) ? `${head} (an HTML page)` : sentence, { status });
  }
  if (isHtml(answer)) return htmlAnswer(asked, answer);
  if (isMissingEndpoint(answer)) {
    return new BackupError('RequestRefused', `${head}: there is no such endpoint`, {
      status,
      remedy: portOf(asked).missing,
    });
  }
  const meant = meanings.find(({ says: pattern }) => pattern.test(says ?? ''));
  const words = status === 401 || status === 403 ? portOf(asked).auth : meant?.remedy;
  const remedy = words ? { remedy: words } : {};
  return new BackupError(meant?.name ?? 'RequestRefused', sentence, { status, ...remedy });
}

/** What 4xx answers mean, by the servers' own words, and what a person can do about it. */
const meanings: { says: RegExp; name?: ErrorName; remedy?: string }[] = [
  {
    says: /another backup is running/i,
    name: 'ComponentBusy',
    remedy: 'Wait until the backup that this component is taking has ended, then start again.',
  },
  // Operate says 400 where the others say 502.
  { says: /error connecting to (elasticsearch|opensearch)/i, name: 'ServerTrouble' },
  {
    says: /no backup store is configured/i,
    remedy: 'Configure a backup store for the brokers (zeebe.broker.data.backup.store) and restart them.',
  },
  {
    says: /no backup repository configured/i,
    remedy:
      "Set the component's backup repository (such as CAMUNDA_OPERATE_BACKUP_REPOSITORYNAME) and restart it.",
  },
  {
    says: /predetermined backupId when continuous/i,
    remedy:
      'This cluster makes ids of its own (continuous backups or a schedule): turn that off to back up under one id.',
  },
];

function htmlAnswer(asked: Asked, answer: HttpAnswer): BackupError {
  const name: ErrorName = answer.status >= 500 ? 'ServerTrouble' : 'UnexpectedAnswer';
  return new BackupError(
    name,
    `${asked.component} answered ${asked.method} ${asked.url} with ${answer.status} and an HTML page: ${portOf(asked).isNot}`,
    {
      status: answer.status,
      remedy: portOf(asked).web,
    },
  );
}

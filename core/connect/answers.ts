import * as z from 'zod';
import type { ErrorName } from '../error-names.ts';
import { BackupError } from '../errors.ts';
import { parseJson } from '../json.ts';
import { adviceFor, sayingIn } from '../remedies.ts';
import type { HttpAnswer } from './http.ts';
import { explainRedirect, isRedirect, useInstead } from './redirect.ts';
import { type Asked, baseOf, isIndex, loginRemedy, portOf, strangerIn } from './wrong-port.ts';

/**
 * The error bodies that Camunda's management endpoints were observed to send, in the order in which `wordsIn` tries
 * them: `{message}` (Zeebe, Operate, Tasklist, backupHistory), `{errorMessage, detailedMessage}` (Optimize),
 * problem+json `{title, detail}`, the exporting endpoint's wrapper `{body: {message}}`, and Spring's default
 * `{error, path}`.
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

/** The server's own words, short enough for a sentence; undefined if it said nothing. */
export function serverMessage(answer: HttpAnswer): string | undefined {
  const parsed = errorBody.safeParse(parseJson(answer.text));
  const text = parsed.success ? wordsIn(parsed.data) : answer.text;
  const oneLine = text?.replace(/\s+/g, ' ').trim();
  if (!oneLine) return undefined;
  return oneLine.length > longest ? `${oneLine.slice(0, longest)}…` : oneLine;
}

function wordsIn(body: z.infer<typeof errorBody>): string | undefined {
  if (body.message) return body.message;
  if (body.errorMessage) return [body.errorMessage, body.detailedMessage].filter(Boolean).join(': ');
  if (body.detail || body.title) return body.detail ?? body.title ?? undefined;
  if (typeof body.body === 'string') return body.body;
  if (body.body?.message) return body.body.message;
  return body.error ?? undefined;
}

/** Spring answers a request for a missing endpoint with `{timestamp, status, error, path}`, without `message`. */
export function isMissingEndpoint(answer: HttpAnswer): boolean {
  const parsed = errorBody.safeParse(parseJson(answer.text));
  return answer.status === 404 && parsed.success && !parsed.data.message && Boolean(parsed.data.error);
}

export function isHtml(answer: HttpAnswer): boolean {
  return answer.contentType === 'text/html' || /^\s*<(!doctype html|html)/i.test(answer.text);
}

/** The body of a good answer, as `schema` reads it. Throws UnexpectedAnswer. */
export function readBody<T>(asked: Asked, answer: HttpAnswer, schema: z.ZodType<T>): T {
  if (isHtml(answer)) throw htmlAnswer(asked, answer);
  const body = parseJson(answer.text);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const head = `${asked.component} answered ${asked.method} ${asked.url} with ${answer.status}`;
  const { status } = answer;
  const stranger = strangerIn(asked, answer);
  if (stranger) {
    throw new BackupError('UnexpectedAnswer', `${head}: ${stranger.is}`, { status, remedy: stranger.remedy });
  }
  const issue = parsed.error.issues[0];
  const why =
    body === undefined
      ? `not JSON: ${answer.text.slice(0, 80) || 'an empty body'}`
      : `${issue?.path.join('.') || 'body'}: ${issue?.message}`;
  const remedy = isOfThisApi(body, issue?.path ?? [])
    ? `This is the right server, but this version of camunda-backup does not know the form of its answer: see whether a newer version knows it, and whether that one supports this version of Camunda.`
    : portOf(asked).shape;
  throw new BackupError('UnexpectedAnswer', `${head}, but not as this API does (${why})`, { status, remedy });
}

/** Whether an answer with an unexpected field still belongs to this API, because it has the fields around that one. */
function isOfThisApi(body: unknown, [first, ...rest]: PropertyKey[]): boolean {
  if (typeof body !== 'object' || body === null || first === undefined) return false;
  return Object.hasOwn(body, first) && (rest.length > 0 || Object.keys(body).length > 1);
}

/** Turns a refusing answer into an error with the component, the URL, the status and the server's own words. */
export function refused(asked: Asked, answer: HttpAnswer): BackupError {
  const says = serverMessage(answer);
  const head = `${asked.component} answered ${asked.method} ${asked.url} with ${answer.status}`;
  const sentence = says ? `${head}: ${says}` : head;
  const { status } = answer;
  const stranger = strangerIn(asked, answer);
  if (stranger) {
    return new BackupError('UnexpectedAnswer', `${head}: ${stranger.is}`, {
      status,
      remedy: stranger.remedy,
    });
  }
  if (isRedirect(status)) {
    const { seen, url } = explainRedirect(asked.url, baseOf(asked), answer.location);
    const remedy = url === undefined ? portOf(asked).web : useInstead(url);
    return new BackupError('UnexpectedAnswer', `${head}: ${seen}`, { status, remedy });
  }
  if (status >= 500 || status === 429)
    return isHtml(answer)
      ? troubled(asked, answer, `${head} (an HTML page)`)
      : troubled(asked, answer, sentence, says);
  if (isHtml(answer)) return htmlAnswer(asked, answer);
  if (isMissingEndpoint(answer) || (status === 404 && isIndex(asked))) {
    const { missing, noIndex } = portOf(asked);
    const remedy = isIndex(asked) ? noIndex : missing;
    return new BackupError('RequestRefused', `${head}: there is no such endpoint`, { status, remedy });
  }
  if (status === 401 || status === 403) {
    return new BackupError('RequestRefused', sentence, { status, remedy: loginRemedy(asked, status) });
  }
  const { name = 'RequestRefused', remedy = adviceFor(says ?? '') } = sayingIn(says ?? '', 'management');
  return new BackupError(name, sentence, {
    status,
    remedy: remedy ?? seeLog(asked, 'it says why it refuses'),
  });
}

/** A temporary error. If the server's words are not known, the remedy depends on the requested path. */
function troubled(asked: Asked, answer: HttpAnswer, message: string, says = ''): BackupError {
  const { status } = answer;
  const known = adviceFor(says);
  if (known) return new BackupError('ServerTrouble', message, { status, remedy: known });
  let remedy = seeLog(asked, 'it is in trouble, or something behind it');
  if (isHtml(answer)) {
    remedy = `A proxy or an ingress answers in place of ${asked.component}: see whether ${asked.component} is up behind it, or use its own address.`;
  } else if (status === 504 && asked.component === 'Zeebe' && isOfBackups(asked)) {
    remedy =
      'The brokers did not answer in time: see in their logs whether they reach their backup store. A store with very many backups is slow; delete old ones.';
  } else if (asked.component === 'Zeebe' && isOfBackups(asked)) {
    remedy = 'See whether the brokers reach their backup store (their logs say it).';
  } else if (isOfBackups(asked)) {
    remedy = `See the log of ${asked.component}, and whether it reaches its repository.`;
  }
  return new BackupError('ServerTrouble', message, { status, remedy });
}

const isOfBackups = ({ url }: Asked) => /\/backup/.test(new URL(url).pathname);
const seeLog = ({ component, url }: Asked, what: string) =>
  `See the log of ${component} at ${new URL(url).host}: ${what}.`;

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

import { randomUUID } from 'node:crypto';
import type { Answer, Request } from './http.ts';

const ACTUATOR_V3 = 'application/vnd.spring-boot.actuator.v3+json';

export function json(status: number, body: unknown, contentType = 'application/json'): Answer {
  return { status, headers: { 'Content-Type': contentType }, body: JSON.stringify(body) };
}

/** Answers as an actuator endpoint, in its own media type unless the request asks for plain JSON. */
export function actuator(request: Request, status: number, body: unknown): Answer {
  const accept = request.header('accept') ?? '';
  return json(status, body, accept.includes('application/json') ? 'application/json' : ACTUATOR_V3);
}

export function empty(status: number): Answer {
  return { status, headers: {}, body: '' };
}

export function html(status = 200): Answer {
  const body = '<!doctype html><html><head><title>Login</title></head><body>Log in to continue</body></html>';
  return { status, headers: { 'Content-Type': 'text/html;charset=UTF-8' }, body };
}

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  415: 'Unsupported Media Type',
  500: 'Internal Server Error',
};

/** Answers with Spring's own error body. It has no `message`, unlike the answer for a missing backup. */
export function springError(status: number, path: string, now: number): Answer {
  return json(status, { timestamp: springTime(now), status, error: REASONS[status] ?? 'Error', path });
}

/** Answers with the error body that 8.5 uses instead of Spring's own one. */
export function problem(status: number, path: string, detail: string): Answer {
  const body = { type: 'about:blank', title: REASONS[status] ?? 'Error', status, detail, instance: path };
  return json(status, body, 'application/problem+json');
}

export function methodNotAllowed(allow: string, path: string, now: number): Answer {
  const answer = springError(405, path, now);
  return { ...answer, headers: { ...answer.headers, Allow: allow } };
}

/** Formats JSON as Jackson's pretty printer does for Tasklist: `"a" : 1`, `[ {`, `}, {`. */
export function prettyPrinted(answer: Answer): Answer {
  if (answer.body === '') return answer;
  const value: unknown = JSON.parse(answer.body);
  return { ...answer, body: jackson(value, 0) };
}

function jackson(value: unknown, depth: number): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[ ]';
    return `[ ${value.map((item) => jackson(item, depth)).join(', ')} ]`;
  }
  if (value !== null && typeof value === 'object') {
    const indent = '  '.repeat(depth + 1);
    const fields = Object.entries(value).map(([k, v]) => `${indent}"${k}" : ${jackson(v, depth + 1)}`);
    return fields.length === 0 ? '{ }' : `{\n${fields.join(',\n')}\n${'  '.repeat(depth)}}`;
  }
  return JSON.stringify(value);
}

export const errorInstance = (): string => randomUUID();

/** Formats an instant as in Spring's error bodies: `2026-11-21T05:54:27.656+00:00`. */
const springTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '+00:00');

/** Formats an instant as in the web applications' backups: `2026-11-21T06:07:33.366+0000`. */
export const offsetTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '+0000');

/** Formats an instant as in Zeebe's backups: `2026-11-21T05:56:52.363563443Z`. `salt` gives the last six digits. */
export function nanosecondTime(ms: number, salt: number): string {
  const micros = String(((salt * 48_271) % 999_983) + 1).padStart(6, '0');
  return new Date(ms).toISOString().replace('Z', `${micros}Z`);
}

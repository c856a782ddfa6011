import { type CallFaultKind, type Operation, recordedNames } from '../../simulator/index.ts';

/** A fault of a call, with a name that is part of a case's id. */
export interface NamedKind {
  name: string;
  kind: CallFaultKind;
}

const page = '<!doctype html><html><head><title>502 Bad Gateway</title></head></html>';

/** The faults that any call can meet. */
const general: NamedKind[] = [
  { name: '500', kind: { answer: { status: 500, body: { message: 'Something broke' } } } },
  { name: '503-empty', kind: { answer: { status: 503 } } },
  { name: '502-html', kind: { answer: { status: 502, body: page, contentType: 'text/html' } } },
  { name: '429', kind: { answer: { status: 429, body: { message: 'Too many requests' } } } },
  { name: '400', kind: { answer: { status: 400, body: { message: 'This is not what was expected' } } } },
  { name: '401', kind: { answer: { status: 401, body: { status: 401, error: 'Unauthorized', path: '/' } } } },
  { name: '404-proxy', kind: { answer: { status: 404, body: page, contentType: 'text/html' } } },
  { name: '409', kind: { answer: { status: 409, body: { message: 'Conflict' } } } },
  { name: 'hang', kind: 'hang' },
  { name: 'reset', kind: 'reset' },
  { name: 'truncated', kind: 'truncated' },
  { name: 'html', kind: 'html' },
  { name: 'slow', kind: { slow: 20_000 } },
  { name: 'too-slow', kind: { slow: 45_000 } },
  { name: 'lost-answer', kind: 'lostAnswer' },
  { name: 'lost-in-silence', kind: { lostAnswer: 'timeout' } },
];

const optimize: NamedKind[] = [
  {
    name: 'optimize-404',
    kind: { answer: { status: 404, body: { errorMessage: 'No backup with id', detailedMessage: '' } } },
  },
  {
    name: 'optimize-409',
    kind: {
      answer: { status: 409, body: { errorMessage: 'A backup with this id exists', detailedMessage: '' } },
    },
  },
  {
    name: 'optimize-502',
    kind: {
      answer: { status: 502, body: { errorMessage: 'No connection', detailedMessage: 'Elasticsearch' } },
    },
  },
];

const problem: NamedKind[] = [
  {
    name: 'problem-400',
    kind: {
      answer: {
        status: 400,
        body: { type: 'about:blank', title: 'Bad Request', status: 400, detail: 'Failed to read request' },
        contentType: 'application/problem+json',
      },
    },
  },
];

function recorded(prefix: string): NamedKind[] {
  return recordedNames
    .filter((name) => name.startsWith(`${prefix}-`))
    .map((name) => ({ name, kind: { recorded: name } }));
}

/** Every fault that a call of this operation can meet, including the recorded answers of its server. */
export function kindsOf(operation: Operation, engine: 'elasticsearch' | 'opensearch'): NamedKind[] {
  const [component = ''] = operation.split('.');
  if (operation === 'zeebe.pause' || operation === 'zeebe.resume')
    return [...general, ...recorded('exporting')];
  if (component === 'search') {
    return [...general, ...recorded(engine === 'elasticsearch' ? 'search' : 'opensearch')];
  }
  if (component === 'optimize') return [...general, ...optimize];
  if (component === 'webApplications') return [...general, ...problem, ...recorded('operate')];
  if (component === 'zeebe') return [...general, ...problem, ...recorded('zeebe')];
  return [...general, ...recorded(component)];
}

/** True for a fault without any answer, so that the caller must give up by itself. */
export function isSilent(kind: CallFaultKind): boolean {
  return kind === 'hang' || (typeof kind === 'object' && 'lostAnswer' in kind);
}

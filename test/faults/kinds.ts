import { type CallFaultKind, type Operation, recordedNames } from '../../simulator/index.ts';

/** A fault of a call under a name that is a part of a case's id. */
export type NamedKind = [name: string, kind: CallFaultKind];

const page = '<!doctype html><html><head><title>502 Bad Gateway</title></head></html>';

/** What can happen to any call. */
const general: NamedKind[] = [
  ['500', { answer: { status: 500, body: { message: 'Something broke' } } }],
  ['503-empty', { answer: { status: 503 } }],
  ['502-html', { answer: { status: 502, body: page, contentType: 'text/html' } }],
  ['429', { answer: { status: 429, body: { message: 'Too many requests' } } }],
  ['400', { answer: { status: 400, body: { message: 'This is not what was expected' } } }],
  ['401', { answer: { status: 401, body: { status: 401, error: 'Unauthorized', path: '/' } } }],
  ['404-proxy', { answer: { status: 404, body: page, contentType: 'text/html' } }],
  ['409', { answer: { status: 409, body: { message: 'Conflict' } } }],
  ['hang', 'hang'],
  ['reset', 'reset'],
  ['truncated', 'truncated'],
  ['html', 'html'],
  ['slow', { slow: 20_000 }],
  ['too-slow', { slow: 45_000 }],
  ['lost-answer', 'lostAnswer'],
  ['lost-in-silence', { lostAnswer: 'timeout' }],
];

const optimize: NamedKind[] = [
  [
    'optimize-404',
    { answer: { status: 404, body: { errorMessage: 'No backup with id', detailedMessage: '' } } },
  ],
  [
    'optimize-409',
    { answer: { status: 409, body: { errorMessage: 'A backup with this id exists', detailedMessage: '' } } },
  ],
  [
    'optimize-502',
    { answer: { status: 502, body: { errorMessage: 'No connection', detailedMessage: 'Elasticsearch' } } },
  ],
];

const problem: NamedKind[] = [
  [
    'problem-400',
    {
      answer: {
        status: 400,
        body: { type: 'about:blank', title: 'Bad Request', status: 400, detail: 'Failed to read request' },
        contentType: 'application/problem+json',
      },
    },
  ],
];

function recorded(prefix: string): NamedKind[] {
  return recordedNames
    .filter((name) => name.startsWith(`${prefix}-`))
    .map((name) => [name, { recorded: name }]);
}

/** Every fault that a call of this operation can meet, with the recorded answers of the server that it goes to. */
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

/** No answer comes: whoever asks has to give up by itself. */
export function isSilent(kind: CallFaultKind): boolean {
  return kind === 'hang' || (typeof kind === 'object' && 'lostAnswer' in kind);
}

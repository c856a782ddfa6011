import type { Answer } from './http.ts';
import elasticsearch from './recorded/elasticsearch.json' with { type: 'json' };
import exporting from './recorded/exporting.json' with { type: 'json' };
import opensearch from './recorded/opensearch.json' with { type: 'json' };
import operate from './recorded/operate.json' with { type: 'json' };
import tasklist from './recorded/tasklist.json' with { type: 'json' };
import zeebe from './recorded/zeebe.json' with { type: 'json' };

// Imported rather than read from disk, so that a bundle carries them.
const answers = { ...zeebe, ...exporting, ...operate, ...tasklist, ...elasticsearch, ...opensearch };

/** An answer of a real server, kept verbatim under recorded/. */
export type RecordedName = keyof typeof answers;

export const isRecorded = (name: string): name is RecordedName => Object.hasOwn(answers, name);

export const recordedNames: readonly RecordedName[] = Object.keys(answers).filter(isRecorded);

export function recordedAnswer(name: RecordedName): Answer {
  const { status, headers, body } = answers[name];
  return { status, headers: { ...headers }, body };
}

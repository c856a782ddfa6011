import * as z from 'zod';
import { reasonOf } from '../http/reason.ts';
import { jsonText } from '../json.ts';
import { Mistake } from '../mistake.ts';
import type { SearchEngine } from '../options.ts';

const LONGEST_WAIT_MS = 10_000;

/** What a search engine says at its address. Only OpenSearch names a distribution. */
const info = z.object({ version: z.object({ number: z.string(), distribution: z.string().optional() }) });

/** Asks which search engine is at this address. Throws a `Mistake` if there is none. */
export async function engineAt(url: string): Promise<SearchEngine> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, { signal: AbortSignal.timeout(LONGEST_WAIT_MS) });
    text = await answer.text();
  } catch (error) {
    throw new Mistake(`--search-url: ${url} does not answer: ${reasonOf(error)}`);
  }
  const read = jsonText.pipe(info).safeParse(text);
  if (!answer.ok || !read.success) {
    throw new Mistake(`--search-url: what answers at ${url} is no search engine (status ${answer.status})`);
  }
  return read.data.version.distribution === 'opensearch' ? 'opensearch' : 'elasticsearch';
}

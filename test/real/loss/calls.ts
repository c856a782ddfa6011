import type * as z from 'zod';

/** Calls a server as `curl --fail` does, and reads its JSON. An answer without a body is `undefined`. */
export async function ask<T>(url: string, method: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
  const answer = await fetch(url, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${text.slice(0, 500)}`);
  return schema.parse(text === '' ? undefined : JSON.parse(text));
}

/** Looks again and again until something is so. On a busy machine, an importer with small batches takes a minute. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 180_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`In three minutes, it did not happen that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}

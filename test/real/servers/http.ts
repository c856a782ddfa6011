export interface Answer {
  status: number;
  text: string;
}

interface Call {
  method?: string;
  /** Sent as JSON, unless it is a form. */
  body?: unknown;
  timeoutMs?: number;
}

/** Any answer, whatever its status. */
export async function call(
  url: string,
  { method = 'GET', body, timeoutMs = 30_000 }: Call = {},
): Promise<Answer> {
  const isForm = body instanceof FormData;
  try {
    const response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(body && !isForm ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: isForm ? body : JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw new Error(`${method} ${url} was not answered: ${reason(error)}`, { cause: error });
  }
}

/** Node's fetch says "fetch failed" and keeps why in the cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** The JSON of a 2xx answer; anything else is an error with the server's words. */
export async function mustCall<Json>(url: string, options: Call = {}): Promise<Json> {
  const { status, text } = await call(url, options);
  if (status < 200 || status > 299) throw refused(url, options.method ?? 'GET', { status, text });
  return JSON.parse(text) as Json;
}

export function refused(url: string, method: string, { status, text }: Answer): Error {
  return new Error(`${method} ${url} answered ${status}: ${text.slice(0, 500)}`);
}

/** For probes: whether the answer is 200 within a few seconds. */
export async function answersOk(url: string): Promise<boolean> {
  const { status } = await call(url, { timeoutMs: 5_000 });
  return status === 200;
}

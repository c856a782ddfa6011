/** What both official clients take: one node, no retries of their own (the state machine retries). */
export function clientOptions(url: string) {
  return { node: url, maxRetries: 0, requestTimeout: 30_000 };
}

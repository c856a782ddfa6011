/** What every client of AWS gets: at most 4 attempts of 8 s, with the pauses between them below 40 s. */
export const awsPatience = {
  maxAttempts: 4,
  retryMode: 'standard',
  requestHandler: {
    connectionTimeout: 3_000,
    requestTimeout: 8_000,
    // Without it the client only logs a warning and goes on waiting.
    throwOnRequestTimeout: true,
    // For an answer that begins and then stalls.
    socketTimeout: 8_000,
  },
};

/** The HTTP status of an answer that an SDK client throws; undefined when there was none. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

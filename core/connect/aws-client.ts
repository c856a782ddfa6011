/** The options of every AWS client: at most 4 attempts of 8 s each, which take less than 40 s with the pauses between them. */
export const awsPatience = {
  maxAttempts: 4,
  retryMode: 'standard',
  requestHandler: {
    connectionTimeout: 3_000,
    requestTimeout: 8_000,
    // Without this the client only logs a warning and continues to wait.
    throwOnRequestTimeout: true,
    // This limits an answer that begins and then stalls.
    socketTimeout: 8_000,
  },
};

/** The HTTP status of an answer that an SDK client throws; undefined when there was none. */
export function httpStatusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

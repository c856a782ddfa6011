/** The time limits of a client of AWS, and how often it tries. Without them a client waits for as long as a server is silent. */
export interface AwsPatience {
  maxAttempts: number;
  retryMode: 'standard';
  /** All times are milliseconds. */
  requestHandler: {
    connectionTimeout: number;
    requestTimeout: number;
    /** Without this the client only logs a warning and continues to wait. */
    throwOnRequestTimeout: true;
    /** The limit of an answer that begins and then stalls. */
    socketTimeout: number;
  };
}

function patience(maxAttempts: number, milliseconds: number, connectionTimeout = 3_000): AwsPatience {
  return {
    maxAttempts,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout,
      requestTimeout: milliseconds,
      throwOnRequestTimeout: true,
      socketTimeout: milliseconds,
    },
  };
}

/** At most 4 attempts of 8 s each, which take less than 40 s with the pauses between them. */
export const awsPatience = patience(4, 8_000);

/** For an alert, which is given up after 15 s and then sent later: at most 13 s, so that the client can say why. */
export const alertPatience = patience(3, 4_000);

/**
 * For an event, which nothing may wait for: at most 5 s. Where a VPC has no way to EventBridge, it is given up after the
 * two connections, which is 2 s.
 */
export const eventPatience = patience(2, 2_000, 1_000);

/** For answers that can have several megabytes, such as a page of the history of an execution. */
export const pagePatience = patience(4, 30_000);

/** For the functions that people call, which have at most 240 s. A second call would be a second try of the same work. */
export const invokePatience = patience(1, 270_000);

/** The HTTP status of an answer that an SDK client throws; undefined when there was none. */
export function httpStatusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

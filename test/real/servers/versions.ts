/** What is fetched and run. A change here is a new folder in the cache; nothing is overwritten. */
export const versions = {
  /** Starts an OpenSearch node in its own process; its first three numbers are OpenSearch's version. */
  openSearchRunner: '2.19.1.0',
  s3rver: '3.7.1',
  mavenDependencyPlugin: '3.6.1',
  /** Zeebe, Operate and Tasklist 8.6 are compiled for 21. */
  oldestJava: 21,
} as const;

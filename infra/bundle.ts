import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { certificatesFile } from '../lambdas/aws/files.ts';
import type { FunctionDefinition } from '../lambdas/definition.ts';
import { definitionOf, functions } from '../lambdas/functions.ts';

/** CommonJS packages inside of an ES module need these definitions. */
const banner = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

const root = path.join(import.meta.dirname, '..');
/** The folder that paths in source maps are relative to, so that they are the same on every machine. */
const outdir = path.join(root, 'cdk.out', 'bundle');

/**
 * Writes a function to a folder with `index.mjs`, its source map and, if the function needs it, the configuration.
 * Returns the folder. It is removed when the process ends, and CDK copies it before that.
 */
export type BundleFunction = (
  name: string,
  configuration?: unknown,
  tlsFiles?: Record<string, string>,
) => string;

/** Bundles all functions in one build, so that shared files are only read once. */
export async function bundleFunctions(temporary = temporaryFolder()): Promise<BundleFunction> {
  const { outputFiles } = await build({
    entryPoints: [
      ...Object.keys(functions).map((name) => ({ in: `${prefix}${name}`, out: `${name}/index` })),
      { in: `${prefix}${undici}`, out: `${undici}/${undici}` },
    ],
    outdir,
    outExtension: { '.js': '.mjs' },
    plugins: [entries],
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    sourcemap: true,
    // A stack trace only needs lines and names, so the bundles omit the sources.
    sourcesContent: false,
    mainFields: ['module', 'main'],
    // lambdas/aws/credentials.ts explains this.
    alias: { '@aws-sdk/credential-provider-node': path.join(root, 'lambdas/aws/credentials.ts') },
    banner: { js: banner },
    logLevel: 'warning',
  });
  const put = (entry: string, folder: string) => {
    for (const { path: from, contents } of outputFiles) {
      if (path.basename(path.dirname(from)) === entry) {
        writeFileSync(path.join(folder, path.basename(from)), contents);
      }
    }
  };
  return (name, configuration, tlsFiles) => {
    const folder = mkdtempSync(path.join(temporary, `${name}-`));
    const { needs } = definitionOf(name);
    put(name, folder);
    if (needs.includes('configuration') && configuration !== undefined) {
      writeFileSync(
        path.join(folder, 'camunda-backup.json'),
        `${JSON.stringify(configuration, undefined, 2)}\n`,
      );
    }
    if (needs.includes('cluster') && tlsFiles) {
      writeFileSync(path.join(folder, certificatesFile), `${JSON.stringify(tlsFiles, undefined, 2)}\n`);
      put(undici, folder);
    }
    return folder;
  };
}

/**
 * undici is bundled as a separate file, because it is half as large as a whole function. core/connect/dispatchers.ts
 * loads it for an address with TLS settings, and a deployment without such an address omits it. The client of
 * Elasticsearch contains its own copy.
 */
const undici = 'undici';

/** The prefix of the names of entries, which are not files. */
const prefix = 'function:';

const entries: Plugin = {
  name: 'entries',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^${prefix}`) }, ({ path: entry }) => ({
      path: entry.slice(prefix.length),
      namespace: prefix,
    }));
    build.onResolve({ filter: /^undici$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: `./${undici}.mjs`, external: true } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: prefix }, ({ path: name }) => ({
      contents: name === undici ? `export { Agent, fetch } from 'undici';` : entryOf(definitionOf(name)),
      resolveDir: import.meta.dirname,
      loader: 'ts',
    }));
  },
};

function entryOf(definition: FunctionDefinition): string {
  return `
    import { work } from '../lambdas/${definition.file}';
    import { deploy } from '../lambdas/aws/${runtimeOf(definition)}.ts';
    export const handler = deploy(work);
  `;
}

/** The file that deploys a function. Each one only imports the clients that its functions need. */
function runtimeOf({ needs }: FunctionDefinition): string {
  if (needs.includes('executions')) return 'runtime-watchdog';
  return needs.includes('search') ? 'runtime-search' : 'runtime';
}

function temporaryFolder(): string {
  mkdirSync(tmpdir(), { recursive: true });
  const folder = mkdtempSync(path.join(tmpdir(), 'camunda-backup-bundles-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

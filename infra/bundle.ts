import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { FunctionDefinition } from '../lambdas/definition.ts';
import { allFunctions, definitionOf } from '../lambdas/functions.ts';
import { type BundleFunction, functionCode, temporaryFolder, undici } from './function-code.ts';

/** CommonJS packages inside of an ES module need these definitions. */
const banner = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

const root = path.join(import.meta.dirname, '..');
/** The folder that paths in source maps are relative to, so that they are the same on every machine. */
const outdir = path.join(root, 'cdk.out', 'bundle');

/** Bundles all functions and makes what writes them with their configuration. */
export async function bundleFunctions(temporary = temporaryFolder()): Promise<BundleFunction> {
  const folder = path.join(temporary, 'bundles');
  await writeBundles(folder);
  return functionCode(folder, temporary);
}

/** Bundles all functions in one build, so that shared files are only read once, each to a folder with its name. */
export async function writeBundles(folder: string): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [
      ...Object.keys(allFunctions).map((name) => ({ in: `${prefix}${name}`, out: `${name}/index` })),
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
    // core/verify/crc32c.ts does without this binary.
    external: ['@node-rs/crc32'],
    // lambdas/aws/credentials.ts explains this.
    alias: { '@aws-sdk/credential-provider-node': path.join(root, 'lambdas/aws/credentials.ts') },
    banner: { js: banner },
    logLevel: 'warning',
  });
  for (const { path: from, contents } of outputFiles) {
    const to = path.join(folder, path.relative(outdir, from));
    mkdirSync(path.dirname(to), { recursive: true });
    writeFileSync(to, contents);
  }
}

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
  if (needs.includes('stack')) return 'runtime-guard';
  if (needs.includes('executions')) return 'runtime-watchdog';
  if (needs.includes('executionStates')) return 'runtime-repair';
  return needs.includes('search') ? 'runtime-search' : 'runtime';
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync, type OutputFile } from 'esbuild';
import { type FunctionDefinition, functions } from '../lambdas/aws/functions.ts';

/** What CommonJS packages inside of an ES module need. */
const banner = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

const root = path.join(import.meta.dirname, '..');
/** Where the bundle pretends to be: source maps hold paths from here, the same on every machine. */
const outdir = path.join(root, 'cdk.out', 'bundle');

let temporary: string | undefined;
const bundles = new Map<string, readonly OutputFile[]>();

/**
 * Bundles a function of lambdas/aws/functions.ts. Returns the folder with `index.mjs`, its source map and, where the
 * function wants it, the configuration. The folder is gone when the process ends: CDK copies it before that.
 */
export function bundleFunction(name: string, configuration?: unknown): string {
  const definition = functions[name];
  if (!definition) throw new Error(`lambdas/aws/functions.ts has no ${name}`);
  const files = bundles.get(name) ?? build(definition);
  bundles.set(name, files);
  temporary ??= temporaryFolder();
  const folder = mkdtempSync(path.join(temporary, `${definition.file}-`));
  for (const { path: file, contents } of files)
    writeFileSync(path.join(folder, path.basename(file)), contents);
  if (definition.config && configuration !== undefined) {
    writeFileSync(
      path.join(folder, 'camunda-backup.json'),
      `${JSON.stringify(configuration, undefined, 2)}\n`,
    );
  }
  return folder;
}

function build(definition: FunctionDefinition): readonly OutputFile[] {
  return buildSync({
    stdin: {
      contents: entryOf(definition),
      resolveDir: import.meta.dirname,
      sourcefile: 'entry.ts',
      loader: 'ts',
    },
    outfile: path.join(outdir, 'index.mjs'),
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    sourcemap: true,
    // The sources themselves stay at home: lines and names are what a stack trace shows.
    sourcesContent: false,
    mainFields: ['module', 'main'],
    // lambdas/aws/credentials.ts says why.
    alias: { '@aws-sdk/credential-provider-node': path.join(root, 'lambdas/aws/credentials.ts') },
    banner: { js: banner },
    logLevel: 'warning',
  }).outputFiles;
}

function entryOf(definition: FunctionDefinition): string {
  const { file } = definition;
  const work = file.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return `
    import { ${work} as work } from '../lambdas/${file}.ts';
    import { deploy } from '../lambdas/aws/${runtimeOf(definition)}.ts';
    export const handler = deploy(work);
  `;
}

/** Each brings only the clients that the function needs. */
function runtimeOf({ search, executions }: FunctionDefinition): string {
  if (executions) return 'runtime-watchdog';
  return search ? 'runtime-search' : 'runtime';
}

function temporaryFolder(): string {
  mkdirSync(tmpdir(), { recursive: true });
  const folder = mkdtempSync(path.join(tmpdir(), 'camunda-backup-bundles-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

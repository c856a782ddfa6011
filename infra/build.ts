import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { writeBundles } from './bundle.ts';
import { writeDeclarations } from './declarations.ts';

/*
 * Builds what `import 'camunda-backup/cdk'` loads to dist/cdk/: the construct, its type declarations, and the bundles of
 * the functions. An app that uses the package needs neither the sources nor esbuild.
 */

const root = path.join(import.meta.dirname, '..');
const source = 'infra/camunda-backup.ts';
const built = path.join(root, 'dist', 'cdk');

// As in build.mjs, the result is built in another folder and then renamed.
const fresh = mkdtempSync(path.join(root, 'dist.'));
await build({
  entryPoints: [path.join(root, source)],
  outdir: fresh,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node22',
  sourcemap: true,
  logLevel: 'warning',
});
await writeBundles(path.join(fresh, 'functions'));
writeDeclarations(source, path.join(fresh, 'types'));
mkdirSync(path.dirname(built), { recursive: true });
rmSync(built, { recursive: true, force: true });
renameSync(fresh, built);

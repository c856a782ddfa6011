// Bundles the command line to dist/: one small entry, and chunks that a command loads when it is called.
import { chmod, rename, rm } from 'node:fs/promises';
import { build } from 'esbuild';

// Built beside and then put in place: a command that runs meanwhile keeps its chunks.
const fresh = `dist.${process.pid}`;
await build({
  entryPoints: { 'cli/main': 'cli/start.ts' },
  outbase: '.',
  outdir: fresh,
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node22',
  sourcemap: true,
  logLevel: 'warning',
});
await chmod(`${fresh}/cli/main.js`, 0o755);
await rm('dist', { recursive: true, force: true });
await rename(fresh, 'dist');

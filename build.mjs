// Bundles the command line to dist/, as one small entry and chunks that each command loads.
import { existsSync } from 'node:fs';
import { chmod, rename, rm } from 'node:fs/promises';
import { build } from 'esbuild';

// The bundle is built in another folder and then renamed, so that dist/ is never half built. A command that runs
// meanwhile cannot load chunks that have changed.
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
// infra/build.ts builds this.
if (existsSync('dist/cdk')) await rename('dist/cdk', `${fresh}/cdk`);
await rm('dist', { recursive: true, force: true });
await rename(fresh, 'dist');

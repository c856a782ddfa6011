#!/usr/bin/env node
import packageJson from '../package.json' with { type: 'json' };

// This file must also run on Node 12.17, so that an old Node prints which version is needed. Newer code loads after
// that.
const needed = Number(packageJson.engines.node.split(/\D+/)[1]);
const { node } = process.versions;
if (Number(node.split('.')[0]) >= needed) {
  manyThreads();
  import('./main.ts').catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
} else {
  process.stderr.write(
    `camunda-backup needs Node ${needed} or later, and this is Node ${node} (${process.execPath}). Install a newer one; in a clone of the repository npx camunda-backup brings its own.\n`,
  );
  process.exitCode = 2;
}

/**
 * A dead file server blocks a thread for each call to it, and Node needs a free thread to look up a host name. Its four
 * threads could all be blocked when exporting has to be resumed. Node reads their number once, when the first thread is
 * needed; Node 22 has already needed one to read this file.
 */
function manyThreads(): void {
  if (!process.env['UV_THREADPOOL_SIZE']) process.env['UV_THREADPOOL_SIZE'] = '64';
}

#!/usr/bin/env node
import packageJson from '../package.json' with { type: 'json' };

// Node 12.17 has to understand this file too, so that it can say what it lacks: what is newer is loaded after that.
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
 * A file server that is gone keeps a thread for each call, and without one that is free no host name is looked up: the
 * four that Node has by itself would soon leave none for resuming exporting. It asks for their number once, when the
 * first is needed; Node 22 has needed one to read this file.
 */
function manyThreads(): void {
  if (!process.env['UV_THREADPOOL_SIZE']) process.env['UV_THREADPOOL_SIZE'] = '64';
}

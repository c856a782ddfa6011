import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, jest, test } from '@jest/globals';
import { assertCode, bench } from './harness.ts';

/** At SIGUSR2 a command opens these many files of a server that is gone: each call keeps a thread for good. */
const calls = 8;
const opening = (file: string) =>
  `import { open } from 'node:fs';
  process.on('SIGUSR2', () => {
    for (let call = 0; call < ${calls}; call++) open(${JSON.stringify(file)}, () => {});
    process.stderr.write('hung\\n');
  });`;

/** A cluster that is known by a host name, and a file whose opening waits for ever (a pipe that nobody writes into). */
async function setUp() {
  const on = await bench({ durations: { webApplications: 2 } });
  await on.configure((cluster) => JSON.parse(JSON.stringify(cluster).replaceAll('127.0.0.1', 'localhost')));
  const file = join(on.folder, 'hung');
  execFileSync('mkfifo', [file]);
  const source = `data:text/javascript,${encodeURIComponent(opening(file))}`;
  const run = () => on.spawnRun({ NODE_OPTIONS: `--import ${source}`, UV_THREADPOOL_SIZE: '' });
  return { on, run };
}

// Each test may take so long.
jest.setTimeout(90_000);

describe('A command that hung file calls keep threads of', () => {
  test('A run whose threads are kept by hung file calls still reaches cluster and ledger, and ends with its own code', async () => {
    const { on, run } = await setUp();
    on.simulator.order({ operation: 'zeebe.pause', kind: { slow: 500 } });
    const running = run();
    await on.asked('zeebe.pause');
    running.kill('SIGUSR2');
    await running.printed(/hung/);
    const ended = await running.ended;
    assertCode(ended, 0);
    assert.equal(ended.json().state, 'COMPLETED');
    await on.assertAllIsWell();
  });

  test('A run whose threads are kept by hung file calls ends at once where a person insists, with the code for what it leaves', async () => {
    const { on, run } = await setUp();
    on.simulator.order({ operation: 'zeebe.resume', times: 'always', kind: { answer: { status: 503 } } });
    const running = run();
    await on.asked('webApplications.check');
    running.kill('SIGUSR2');
    await running.printed(/hung/);
    running.kill('SIGINT');
    await on.asked('zeebe.resume');
    await sleep(900);
    running.kill('SIGINT');
    const ended = await running.ended;
    assertCode(ended, 1);
    assert.match(ended.stderr, /EXPORTING OF test IS LEFT PAUSED/);
  });
});

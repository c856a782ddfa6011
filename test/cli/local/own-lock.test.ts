import assert from 'node:assert/strict';
import { stat, utimes } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { cleanUp } from '../../support/clean-up.ts';
import { camundaBackup } from '../../support/command.ts';
import { assertCode, type Bench, bench, until } from '../harness.ts';

const preload = (file: string) => ({
  NODE_OPTIONS: `--import ${new URL(`../../support/${file}`, import.meta.url).href}`,
});

/** A way to Zeebe on which the first pause stays until it is let through, also where nobody waits for it any more. */
async function slowNetwork(on: Bench) {
  const target = new URL(on.simulator.urls.zeebe);
  const isSent = Promise.withResolvers<void>();
  const mayArrive = Promise.withResolvers<void>();
  let isFirst = true;
  const proxy = http.createServer(async (request, response) => {
    const { method, url, headers } = request;
    if (isFirst && url?.includes('exporting/pause')) {
      isFirst = false;
      isSent.resolve();
      await mayArrive.promise;
    }
    const { hostname, port } = target;
    const passed = http.request({ hostname, port, path: url, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  cleanUp(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const address = proxy.address();
  assert(address && typeof address === 'object');
  const url = `http://127.0.0.1:${address.port}`;
  await on.configure((cluster) => ({ ...cluster, zeebe: { url } }));
  return { isSent: isSent.promise, letThrough: mayArrive.resolve };
}

/** A run whose pause is on its way while another machine puts right what it left; it wakes when the pause has come. */
async function wokenAfterItsPause(on: Bench) {
  const { isSent, letThrough } = await slowNetwork(on);
  const running = on.spawnRun(preload('machine-in-trouble.ts?troubles=1201'));
  await isSent;
  running.kill('SIGSTOP');
  const file = join(on.folder, 'ledger', 'test', 'heartbeat.json');
  const then = (await stat(file)).mtimeMs / 1000 - 1201;
  await utimes(file, then, then);
  const elsewhere = { cwd: on.folder, env: preload('another-machine.ts') };
  assertCode(await camundaBackup(['repair'], elsewhere).ended, 0);
  assert.equal(on.simulator.pausedSince(), undefined);
  letThrough();
  await until('the pause', () => on.simulator.pausedSince() !== undefined);
  return async () => {
    running.kill('SIGUSR2');
    running.kill('SIGCONT');
    return running.ended;
  };
}

describe('A run that was taken for dead while its pause was on its way', () => {
  test('A run that was taken for dead while its pause was on its way ends that pause when it wakes', async () => {
    const on = await bench();
    const wake = await wokenAfterItsPause(on);
    const ended = await wake();
    assertCode(ended, 1);
    assert.match(
      ended.stderr,
      /A pause request of this run arrived after that repair: exporting is resumed \(proven\)/,
    );
    assert.doesNotMatch(ended.stderr, /MAY (STILL )?BE/);
    await on.assertAllIsWell();
  });

  test('A run that was taken for dead leaves its late pause, and says so, where a component may be taking a backup', async () => {
    const on = await bench();
    const wake = await wokenAfterItsPause(on);
    on.simulator.order({ operation: 'zeebe.list', times: 'always', kind: { answer: { status: 503 } } });
    const ended = await wake();
    assertCode(ended, 1);
    assert.match(
      ended.stderr,
      /EXPORTING OF test MAY BE LEFT PAUSED by a pause .* is not known whether .* is taking a backup/,
    );
    assert.match(ended.stderr, /--resume-unexplained/);
    assert(on.simulator.pausedSince() !== undefined);
  });
});

test('A run without a heartbeat tries to resume as long as its lock is its own, also when it is silent', async () => {
  const on = await bench({}, (cluster) => ({ ...cluster, patience: '1h' }));
  on.simulator.order({
    operation: 'webApplications.check',
    times: 'always',
    kind: { answer: { status: 503 } },
  });
  const resume = 'zeebe.resume';
  const broken = on.simulator.order({
    operation: resume,
    times: 'always',
    kind: { answer: { status: 503 } },
  });
  const running = on.spawnRun(preload('machine-in-trouble.ts?troubles=renewals-fail;215,90'));
  await on.asked('webApplications.check');
  running.kill('SIGUSR2');
  await on.asked(resume);
  running.kill('SIGUSR2');
  await running.printed(/could not repair what it leaves, and retries for 46 minutes/);
  const sent = on.simulator.calls({ operation: resume }).length;
  await on.asked(resume, sent + 3);
  assert(on.simulator.pausedSince() !== undefined);
  broken.cancel();
  const ended = await running.ended;
  assertCode(ended, 1);
  assert.match(
    ended.stderr,
    /EXPORTING OF test MAY BE LEFT PAUSED[\s\S]*Exporting is resumed\. The lock is free\./,
  );
  assert.equal((await on.manifest()).failure?.error, 'HeartbeatLost');
  await on.assertAllIsWell();
});

import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { checkResult } from '../../cli/check/result.ts';
import { assertCode, bench } from './harness.ts';

describe('camunda-backup check', () => {
  test('`check` finds that a simulated cluster can be backed up, and writes nothing', async () => {
    const on = await bench();
    const checked = await on.call(['check', '--json'], {}).ended;
    assertCode(checked, 0);
    const { ok, addresses, findings } = checkResult.parse(JSON.parse(checked.stdout));
    assert.ok(ok);
    assert.ok(addresses.length > 1 && addresses.every(({ reached }) => reached));
    assert.deepEqual(
      findings.filter(({ severity }) => severity === 'error'),
      [],
    );
    assert.deepEqual(await on.backupIds(), []);
    assert.equal(await on.lock(), undefined);
    assert.deepEqual(
      on.simulator.calls().filter(({ method, path }) => method !== 'GET' && !path.endsWith('/_verify')),
      [],
    );
  });

  test('`check` ends with 1 and names the address where nothing listens', async () => {
    const on = await bench();
    await on.configure((cluster) => ({ ...cluster, optimize: { url: 'http://127.0.0.1:2' } }));
    const checked = await on.call(['check'], {}).ended;
    assertCode(checked, 1);
    assert.match(checked.stdout, /^NOT REACHED {2}optimize {2}.*http:\/\/127\.0\.0\.1:2.* What to do: /m);
    assert.match(
      checked.stdout,
      /^reached {2}zeebe, webApplications {2}.*: Zeebe with the web applications\.$/m,
    );
    assert.match(checked.stdout, /^A backup of test would be refused now: \d errors?\.$/m);
  });

  test('`check --offline` reads the file alone, and asks no address', async () => {
    const on = await bench();
    await on.configure((cluster) => ({ ...cluster, schedules: [{ every: '1h' }] }));
    const checked = await on.call(['check', '--offline', '--json'], {}).ended;
    assertCode(checked, 0);
    const { ok, diagnosis, addresses } = checkResult.parse(JSON.parse(checked.stdout));
    assert.ok(ok);
    assert.deepEqual(addresses, []);
    assert.deepEqual(
      diagnosis.map(({ severity, name }) => `${severity} ${name}`),
      ['ok schedule', 'warning schedule'],
    );
    assert.deepEqual(on.simulator.calls(), []);
    const plain = await on.call(['check', '--offline'], {}).ended;
    assert.match(plain.stdout, /^The file has no error for test\. No address was asked \(--offline\)\.$/m);
  });

  test('After an error, `check --json` prints an object of the same shape', async () => {
    const on = await bench();
    const refused = await on.call(['check', '--json', '--cluster', 'another'], {}).ended;
    assertCode(refused, 2);
    const { ok, failure, cluster } = checkResult.parse(JSON.parse(refused.stdout));
    assert.deepEqual(
      { ok, cluster, error: failure?.error },
      { ok: false, cluster: 'another', error: 'ConfigurationError' },
    );
  });
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from '@jest/globals';
import { cleanUp } from '../support/clean-up.ts';
import { findDistribution } from './servers/distribution.ts';

/** Camunda's distribution is under its vendor's own terms: it is used where somebody has it, and never fetched. */
describe('a distribution of Camunda', () => {
  it('A distribution of Camunda is used where CAMUNDA_HOME names one, and another folder is refused', () => {
    const home = mkdtempSync(join(tmpdir(), 'camunda-backup-distribution-'));
    cleanUp(() => rmSync(home, { recursive: true }));
    assert.match(
      String(findDistribution(home)),
      /is skipped because CAMUNDA_HOME \(.*\) is not a distribution of Camunda 8\.6: it has no lib and no config\/log4j2\.xml and no /,
    );
    for (const folder of ['lib', 'config']) mkdirSync(join(home, folder));
    for (const file of ['log4j2.xml', 'application.yaml']) writeFileSync(join(home, 'config', file), '');
    assert.deepEqual(findDistribution(home), { home });
  });

  it('A missing distribution of Camunda is said in one sentence where CAMUNDA_HOME is empty', () => {
    assert.match(
      String(findDistribution('')),
      /^This would back up a real Camunda 8\.6 .* is skipped because CAMUNDA_HOME names no distribution of it: /,
    );
  });
});

import { afterAll, afterEach, beforeEach } from '@jest/globals';

type Work = () => unknown;

const afterTest: Work[] = [];
const afterFile: Work[] = [];
let inTest = false;

/**
 * Calls `work` after the test that registers it, even if the test fails. The last registered work runs first. Work that
 * is registered in `beforeAll` runs after the last test of the file.
 */
export function cleanUp(work: Work): void {
  (inTest ? afterTest : afterFile).push(work);
}

// Jest knows no hook of one test: these are around each test of a file that has `cleanUp` imported.
beforeEach(() => {
  inTest = true;
});
afterEach(() => {
  inTest = false;
  return doAll(afterTest);
});
afterAll(() => doAll(afterFile));

async function doAll(works: Work[]): Promise<void> {
  const failures: unknown[] = [];
  for (let work = works.pop(); work !== undefined; work = works.pop()) {
    try {
      await work();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `Cleaning up failed: ${failures.join('; ')}`);
}

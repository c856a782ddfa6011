import { afterAll, afterEach, beforeEach } from '@jest/globals';

type Work = () => unknown;

const afterTest: Work[] = [];
const afterFile: Work[] = [];
let inTest = false;

/**
 * Has this done when the test that asks for it has ended, however it ended; what was asked last comes first. What is
 * asked before all tests, in `beforeAll`, is done when the last one of the file has ended.
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

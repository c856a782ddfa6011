import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { badPortOf } from '../../../core/connect/bad-ports.ts';

/** Node's own fetch says of a port that it refuses `bad port`, and tries every other one. */
async function isRefusedByNode(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(2000) });
    return false;
  } catch (error) {
    return error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port';
  }
}

test('The ports that are called bad are those that fetch of this Node refuses', async () => {
  const bad = Array.from({ length: 11_000 }, (_, port) => port).filter((port) =>
    badPortOf(`http://a:${port}`),
  );
  assert(bad.includes(10080) && bad.includes(6000));
  const differing: number[] = [];
  // The neighbours of every one of them too.
  for (const port of new Set(bad.flatMap((one) => [one - 1, one, one + 1]))) {
    if (port === 0) continue;
    if ((await isRefusedByNode(port)) !== bad.includes(port)) differing.push(port);
  }
  assert.deepEqual(differing, []);
});

test('A URL without a port has the port of its protocol, which is a good one', () => {
  assert.equal(badPortOf('https://camunda.example'), undefined);
});

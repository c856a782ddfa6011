import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RealSearchEngine } from './servers/index.ts';

type Engine = Pick<RealSearchEngine, 'urls' | 'repository' | 'definition'>;

/** A deletion begins when the snapshots that run have ended: one runs that is slow. */
export async function holdDeletions(engine: Engine): Promise<() => Promise<void>> {
  const repository = `_snapshot/${engine.repository}`;
  const { type, settings } = engine.definition;
  const slow = { type, settings: { ...settings, max_snapshot_bytes_per_sec: '10kb' } };
  await askSearch(engine, 'PUT', repository, slow);
  await askSearch(engine, 'PUT', `${repository}/slow`, { indices: '*' });
  return async () => {
    await askSearch(engine, 'DELETE', `${repository}/slow`);
    // Not before all deletions have ended: a repository that is at work cannot be changed.
    await isSoon(async () => {
      const asUsual = JSON.stringify(engine.definition);
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${engine.urls.search}/${repository}`, { method: 'PUT', headers, body: asUsual }))
        .ok;
    });
  };
}

export async function askSearch(
  { urls }: Engine,
  method: string,
  path: string,
  body?: unknown,
): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${urls.search}/${path}`, { method, headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, await answer.text());
}

export async function isSoon(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !(await isSo()); await sleep(100)) assert.ok(Date.now() < end);
}

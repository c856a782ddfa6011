import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RealSearchEngine } from './servers/index.ts';

type Engine = Pick<RealSearchEngine, 'urls' | 'repository' | 'definition'>;

/** A deletion begins when the snapshots that run have ended: one of `index` runs, which is slow. */
export async function holdDeletions(engine: Engine, index: string): Promise<() => Promise<void>> {
  const repository = `_snapshot/${engine.repository}`;
  await fill(engine, index, 80);
  const asBefore = await slowDown(engine);
  await askSearch(engine, 'PUT', `${repository}/slow`, { indices: index });
  return async () => {
    await askSearch(engine, 'DELETE', `${repository}/slow`);
    await asBefore();
  };
}

/** A snapshot takes some three seconds for ten documents of `fill`. Answers what ends that. */
export async function slowDown(engine: Engine): Promise<() => Promise<void>> {
  const repository = `_snapshot/${engine.repository}`;
  const { type, settings } = engine.definition;
  const slow = { type, settings: { ...settings, max_snapshot_bytes_per_sec: '100kb' } };
  await askSearch(engine, 'PUT', repository, slow);
  return () =>
    // Not before all snapshots and deletions have ended: a repository that is at work cannot be changed.
    isSoon(async () => {
      const asUsual = JSON.stringify(engine.definition);
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${engine.urls.search}/${repository}`, { method: 'PUT', headers, body: asUsual }))
        .ok;
    });
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

/** Writes documents of 27 kB each, which the next snapshot must read. */
export async function fill(engine: Engine, index: string, documents: number): Promise<void> {
  for (let position = 0; position < documents; position++) {
    const value = randomBytes(20_000).toString('base64');
    await askSearch(engine, 'POST', `${index}/_doc`, { position, value });
  }
}

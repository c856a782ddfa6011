/** Runs that are killed where a test says, many of them in one process: each process costs more than what they do in it. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { relative, sep } from 'node:path';
import { beforeAll } from '@jest/globals';
import * as z from 'zod';
import type { Lock } from '../../core/ledger/lock/lock.ts';
import { type ComponentEntry, componentEntry, type Manifest, manifest } from '../../core/ledger/manifest.ts';
import type { Operation } from '../../simulator/index.ts';
import { lockIn } from '../support/lock-in.ts';
import { type Bench, until } from './harness.ts';

/** What a document of the ledger becomes; none of them where it is removed. */
export interface Change {
  on: Bench;
  lock: Lock | undefined;
  manifest: Manifest | undefined;
  entry: ComponentEntry | undefined;
}

export type Sign =
  /** The cluster is asked this, after `skip` other times, and has not done it. */
  | { asks: Operation; skip?: number }
  /** The cluster has done what it was asked; its answer is not there. */
  | { done: Operation; seen: (on: Bench) => boolean }
  /** The run waits, and does not go on by itself. */
  | { waits: (on: Bench) => boolean }
  /** `within`: while it holds the document's guard, so that its successor finds that too. */
  | { ledger: 'before' | 'within' | 'after'; becomes: (change: Change) => boolean | Promise<boolean> };

interface World {
  on: Bench;
}

/**
 * Before the tests of a `describe`, a run works in each of these worlds, and all of them die in one process. Each test
 * takes a world of its own by its name.
 */
export function killedTogether<One extends World>(
  worlds: Record<string, () => Promise<One>>,
  dying: { sign: Sign; args?: (world: One) => string[]; preloads?: string[] },
): (name: string) => One {
  const left = new Map<string, One>();
  beforeAll(async () => {
    const { sign, args = () => ['run'], preloads } = dying;
    await Promise.all(Object.entries(worlds).map(async ([name, make]) => left.set(name, await make())));
    const runs = [...left.values()].map(
      (world): Doomed => ({ on: world.on, sign, args: args(world), waits: 'as-written' }),
    );
    await killAt(runs, preloads);
  });
  return (name) => {
    const world = left.get(name);
    assert.ok(world, `A world for ${name} is made once, and taken once`);
    left.delete(name);
    return world;
  };
}

interface Doomed {
  on: Bench;
  sign: Sign;
  waits: 'as-written' | 'short';
  /** `run` alone unless said. */
  args?: string[];
}

/** Starts runs in one process, and kills it when each of them has come to its sign. */
export async function killAt(runs: Doomed[], preloads: string[] = []): Promise<void> {
  const program = new URL('../support/doomed.ts', import.meta.url).pathname;
  const started = runs.map(({ on, waits, args = ['run'] }) => ({
    folder: on.folder,
    args,
    short: waits === 'short',
  }));
  const child = fork(program, [JSON.stringify(started)], {
    execArgv: ['--no-warnings', ...preloads.map((file) => `--import=${file}`)],
  });
  const held = new Map(runs.map((run) => [run, Promise.withResolvers<void>()]));
  const gone = Promise.withResolvers<never>();
  gone.promise.catch(() => undefined);
  child.on('exit', (code) => gone.reject(new Error(`The process ended with ${code} before it was killed`)));
  child.on('message', (message) => {
    const take = async () => {
      const said = heard.parse(message);
      if ('code' in said) throw new Error(`It ended before it was killed:\n${said.stderr}`);
      const { passage, when, file, text } = said;
      const run = runs.find(({ on }) => file.startsWith(`${on.folder}${sep}`));
      assert.ok(run, file);
      const { sign, on } = run;
      const isHere = 'ledger' in sign && sign.ledger === when;
      if (isHere && (await sign.becomes(changeOf(on, file, text)))) held.get(run)?.resolve();
      else if (child.connected) child.send(passage);
    };
    take().catch(gone.reject);
  });
  try {
    await Promise.race([gone.promise, Promise.all(runs.map((run) => come(run, held.get(run)?.promise)))]);
  } finally {
    child.kill('SIGKILL');
    if (child.signalCode === null && child.exitCode === null) await once(child, 'exit');
  }
  assert.equal(child.signalCode, 'SIGKILL');
}

/** Resolves when a run has come to its sign. */
async function come({ on, sign }: Doomed, held: Promise<void> | undefined): Promise<void> {
  const skip = ('asks' in sign && sign.skip) || 0;
  if ('asks' in sign) on.simulator.order({ operation: sign.asks, skip, kind: 'hang' });
  if ('done' in sign) on.simulator.order({ operation: sign.done, kind: { lostAnswer: 'timeout' } });
  if ('ledger' in sign) await held;
  if ('asks' in sign) await on.asked(sign.asks, skip + 1);
  if ('done' in sign) {
    await on.asked(sign.done);
    await until(`${sign.done} done`, () => sign.seen(on));
  }
  if ('waits' in sign) await until('the run waits', () => sign.waits(on));
}

/** What the process says: a change of a ledger (ledger-gate.ts), or that one of its runs has ended (doomed.ts). */
const heard = z.union([
  z.object({
    passage: z.number(),
    when: z.enum(['before', 'within', 'after']),
    file: z.string(),
    text: z.string().optional(),
  }),
  z.object({ folder: z.string(), code: z.number().nullable(), stderr: z.string() }),
]);

function changeOf(on: Bench, file: string, text: string | undefined): Change {
  const key = relative(on.folder, file).split(sep).slice(1).join('/');
  const as = <T>(schema: z.ZodType<T>, keys: RegExp): T | undefined =>
    text !== undefined && keys.test(key) ? schema.safeParse(JSON.parse(text)).data : undefined;
  return {
    on,
    lock: text !== undefined && key === 'test/lock.json' ? lockIn(text) : undefined,
    manifest: as(manifest, /\/manifest\.json$/),
    entry: as(componentEntry, /\/components\/\w+\.json$/),
  };
}

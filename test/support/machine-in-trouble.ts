/**
 * This module is loaded into a command (`--import`). At each SIGUSR2, the next trouble of `?troubles=` begins, and is
 * printed on stderr. A `;` joins several troubles that begin at once.
 *
 * - `SECONDS`: the clock jumps forward by this number of seconds, as after a suspension
 * - `renewals-fail`: the heartbeat cannot be written any more
 * - `no-answer`: the folder of the ledger does not answer any more, like that of a dead file server
 *
 * The waits of a run for such troubles end at once.
 */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const troubles = (new URL(import.meta.url).searchParams.get('troubles') ?? '').split(',');
const ledger = /[/\\]ledger[/\\]/;
let ahead = 0;
let renewalsFail = false;
let isSilent = false;

const { now } = Date;
Date.now = () => now() + ahead;

/** In milliseconds: the intervals at which a heartbeat is renewed and checked. */
const always: unknown[] = [2_000, 30_000];
/** The waits for a silent ledger, and for the work that it holds up. */
const whileSilent: unknown[] = [5_000, 15_000, 35_000, 60_000];
globalThis.setTimeout = new Proxy(globalThis.setTimeout, {
  apply(setTimer, self, [work, milliseconds, ...rest]: unknown[]) {
    const isOver = always.includes(milliseconds) || (isSilent && whileSilent.includes(milliseconds));
    return Reflect.apply(setTimer, self, [work, isOver ? 25 : milliseconds, ...rest]);
  },
});

const { link, open, readFile, rename } = fs;
async function pass(file: string): Promise<void> {
  if (isSilent && ledger.test(file)) await new Promise(() => {});
  if (renewalsFail && file.endsWith('heartbeat.json')) {
    throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
  }
}
Object.assign(fs, {
  async link(existing: string, file: string) {
    await pass(file);
    return link(existing, file);
  },
  async rename(existing: string, file: string) {
    await pass(file);
    return rename(existing, file);
  },
  async open(file: string, ...rest: [flags?: string, mode?: number]) {
    await pass(file);
    return open(file, ...rest);
  },
  async readFile(file: string, ...rest: [BufferEncoding]) {
    await pass(`${file}`);
    return readFile(file, ...rest);
  },
});
syncBuiltinESMExports();

process.on('SIGUSR2', () => {
  const next = troubles.shift() ?? '';
  for (const trouble of next.split(';')) {
    if (trouble === 'renewals-fail') renewalsFail = true;
    else if (trouble === 'no-answer') isSilent = true;
    else ahead += Number(trouble) * 1000;
  }
  process.stderr.write(`In trouble: ${next}\n`);
});

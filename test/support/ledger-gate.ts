/**
 * This module is loaded into a process before anything else. It reports every change of a folder ledger to the test,
 * before and after the change, and continues when the test answers. A test can kill the process exactly there instead.
 */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';

/** A change of a document, before or after it happens. `text` is the new text. */
interface Passage {
  passage: number;
  when: 'before' | 'within' | 'after';
  file: string;
  text?: string | undefined;
}

const guardSuffix = '.replacing';
const { link, open, readdir, readFile, rename, rm } = fs;

const held = new Map<number, () => void>();
let passages = 0;

process.on('message', (message) => {
  if (typeof message === 'number') held.get(message)?.();
});

function pass(when: Passage['when'], file: string, text: string | undefined): Promise<void> {
  passages += 1;
  const passage: Passage = { passage: passages, when, file, text };
  process.send?.(passage);
  return new Promise((resolve) => held.set(passage.passage, resolve));
}

const textOf = (file: string) => readFile(file, 'utf8').catch(() => undefined);

/** The text that is about to replace `file`; undefined if the file is about to be removed. */
async function wantedText(file: string): Promise<string | undefined> {
  const names = await readdir(path.dirname(file));
  const temporary = names.find((name) => name.startsWith(`${path.basename(file)}.`) && name.endsWith('.tmp'));
  return temporary && textOf(path.join(path.dirname(file), temporary));
}

Object.assign(fs, {
  async link(existing: string, file: string) {
    await pass('before', file, await textOf(existing));
    await link(existing, file);
    await pass('after', file, await textOf(file));
  },
  async open(file: string, ...rest: [flags?: string, mode?: number]) {
    if (file.endsWith(guardSuffix)) {
      const guarded = file.slice(0, -guardSuffix.length);
      await pass('before', guarded, await wantedText(guarded));
    }
    return open(file, ...rest);
  },
  async rename(temporary: string, file: string) {
    await pass('within', file, await textOf(temporary));
    await rename(temporary, file);
  },
  async rm(file: string, options?: { force?: boolean }) {
    await rm(file, options);
    if (!file.endsWith(guardSuffix)) return;
    const guarded = file.slice(0, -guardSuffix.length);
    await pass('after', guarded, await textOf(guarded));
  },
});
syncBuiltinESMExports();

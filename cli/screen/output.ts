import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { fold } from './fold.ts';

/** A terminal, a pipe or a file. */
export type Screen = Writable & { isTTY?: boolean; columns?: number; rows?: number };

/** Where a command writes: progress and complaints to stderr, results to stdout. */
export interface Output {
  stdout: Screen;
  stderr: Screen;
  /** Says what a terminal can show. */
  env: NodeJS.ProcessEnv;
}

/** Colours on a terminal that wants them (NO_COLOR is respected), words alone in a pipe. */
export function paint(stream: Screen, format: Parameters<typeof styleText>[0], text: string): string {
  return styleText(format, text, { stream, validateStream: true });
}

export function printLine(stream: Screen, text: string): void {
  stream.write(`${stream.isTTY ? fold(text, columnsOf(stream)) : text}\n`);
}

/** A terminal may say that it is 0 wide. */
export function columnsOf({ columns }: Screen): number {
  return columns || 80;
}

/** Grows when a field of the objects of `--json` goes, or changes its meaning; not when one is added. */
const jsonFormat = 1;

/** The object of `--json`: one line, whatever the command. */
export function printJson(stream: Screen, object: object): void {
  printLine(stream, JSON.stringify({ format: jsonFormat, ...object }));
}

/** What is known, as sentences. */
export function printError(
  stream: Screen,
  { message, remedy }: { message: string; remedy?: string | undefined },
): void {
  printLine(stream, `${paint(stream, 'red', 'Error:')} ${message}`);
  if (remedy) printLine(stream, `What to do: ${remedy}`);
}

/**
 * A reader that goes away (`… | head`: EPIPE), a terminal that is closed (EIO), a full disk (ENOSPC): none of them
 * may end a backup, because exporting may be paused. The exit code and the manifest still tell what happened.
 */
export function surviveClosedPipes({ stdout, stderr }: Output): void {
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
}

/** Resolves when all is written that was handed over, or cannot be. */
export async function flushed({ stdout, stderr }: Output): Promise<void> {
  await Promise.all(
    [stdout, stderr].map(
      (stream) =>
        new Promise<void>((resolve) => {
          if (stream.destroyed || stream.writableLength === 0) resolve();
          else stream.write('', () => resolve());
        }),
    ),
  );
}

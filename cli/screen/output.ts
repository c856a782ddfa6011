import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { fold } from './fold.ts';

/** A terminal, a pipe or a file. */
export type Screen = Writable & { isTTY?: boolean; columns?: number; rows?: number };

/** The streams of a command: it writes progress and problems to stderr, and results to stdout. */
export interface Output {
  stdout: Screen;
  stderr: Screen;
  /** The variables that say what a terminal can show, such as TERM and NO_COLOR. */
  env: NodeJS.ProcessEnv;
}

/** Colours a text on a terminal, unless NO_COLOR is set. In a pipe, it returns the text as it is. */
export function paint(stream: Screen, format: Parameters<typeof styleText>[0], text: string): string {
  return styleText(format, text, { stream, validateStream: true });
}

export function printLine(stream: Screen, text: string): void {
  stream.write(`${stream.isTTY ? fold(text, columnsOf(stream)) : text}\n`);
}

/** The width of a terminal, which may report 0 if it does not know it. */
export function columnsOf({ columns }: Screen): number {
  return columns || 80;
}

/** Grows if a field of the objects of `--json` is removed or changes its meaning, but not if one is added. */
export const jsonFormat = 1;

/** Prints the object of `--json` in one line. */
export function printJson(stream: Screen, object: object): void {
  printLine(stream, JSON.stringify({ format: jsonFormat, ...object }));
}

/** Prints an error and its remedy. */
export function printError(
  stream: Screen,
  { message, remedy }: { message: string; remedy?: string | undefined },
): void {
  printLine(stream, `${paint(stream, 'red', 'Error:')} ${message}`);
  if (remedy) printLine(stream, `What to do: ${remedy}`);
}

/**
 * Ignores errors of the streams: a reader that has ended (EPIPE, as in `… | head`), a closed terminal (EIO) and a full
 * disk (ENOSPC) must not end a backup, because exporting may be paused. The exit code and the manifest still tell what
 * happened.
 */
export function surviveClosedPipes({ stdout, stderr }: Output): void {
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
}

/** Resolves when everything is written, or cannot be written. */
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

import { styleText } from 'node:util';

/** Where a command writes: progress and complaints to stderr, results to stdout. */
export interface Output {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/** Colours on a terminal that wants them (NO_COLOR is respected), words alone in a pipe. */
export function paint(
  stream: NodeJS.WriteStream,
  format: Parameters<typeof styleText>[0],
  text: string,
): string {
  return styleText(format, text, { stream, validateStream: true });
}

export function printLine(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${text}\n`);
}

/** A reader that goes away (`… | head`) must not end a backup. */
export function surviveClosedPipes({ stdout, stderr }: Output): void {
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

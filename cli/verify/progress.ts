import type { Clock } from '../../core/clock.ts';
import { formatSeconds } from '../../core/config/duration.ts';
import type { Progress } from '../../core/verify/read-data.ts';
import { columnsOf, type Screen } from '../screen/output.ts';
import { formatBytes } from '../screen/values.ts';

/** How often a terminal is drawn, and how often a log gets a line. */
const drawnEvery = 0.25;
const loggedEvery = 30;

const eraseLine = '\r\u001b[K';

/** Shows how much is read: on a terminal as one line that changes, in a log as a line from time to time. */
export function progressOn(stderr: Screen, { clock }: { clock: Pick<Clock, 'now'> }) {
  const began = clock.now();
  let last = began;
  let isDrawn = false;
  return {
    show(progress: Progress): void {
      const now = clock.now();
      const since = (now - last) / 1000;
      if (since < (stderr.isTTY ? drawnEvery : loggedEvery)) return;
      last = now;
      const line = lineOf(progress, (now - began) / 1000);
      stderr.write(stderr.isTTY ? `${eraseLine}${line.slice(0, columnsOf(stderr) - 1)}` : `${line}\n`);
      isDrawn = stderr.isTTY === true;
    },
    /** Removes the line from a terminal. */
    end(): void {
      if (isDrawn) stderr.write(eraseLine);
    },
  };
}

function lineOf({ files, totalFiles, bytes, totalBytes }: Progress, seconds: number): string {
  const rate = bytes / Math.max(seconds, 0.001);
  const percent = totalBytes === 0 ? 100 : Math.floor((100 * bytes) / totalBytes);
  const left = rate === 0 ? '' : `, ${formatSeconds((totalBytes - bytes) / rate)} left`;
  return `Reading: ${percent} %, ${files} of ${totalFiles} files, ${formatBytes(bytes)} of ${formatBytes(totalBytes)}, ${formatBytes(rate)}/s${left}`;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Sees to it that no server and no folder outlives the test process, however that ends. */
export interface Guard {
  started(pid: number): void;
  gone(pid: number): void;
  /** Kills what is left, removes the folder; resolves when that is done. */
  dismiss(): Promise<void>;
}

export function postGuard(folder: string): Guard {
  const script = fileURLToPath(new URL('watchdog.ts', import.meta.url));
  // detached: Ctrl-C in the terminal goes to the test process and must not reach the guard
  const watchdog = spawn(process.execPath, [script, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(watchdog, 'exit');
  // an ended watchdog is seen in dismiss; a line that it cannot take is of no use then
  watchdog.stdin.on('error', () => {});
  watchdog.unref();
  return {
    started: (pid) => void watchdog.stdin.write(`+${pid}\n`),
    gone: (pid) => void watchdog.stdin.write(`-${pid}\n`),
    dismiss: async () => {
      watchdog.ref();
      watchdog.stdin.end();
      await ended;
    },
  };
}

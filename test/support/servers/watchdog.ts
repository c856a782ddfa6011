/**
 * Outlives the test process: `watchdog.ts FOLDER`. Reads "+pid" (a server was started) and "-pid" (it is gone).
 * At the end of input, and a killed test process ends it too, it kills the servers that are left, each with its
 * process group, and removes the folder.
 */
import { readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

const folder = process.argv[2];
if (folder === undefined) throw new Error('which folder?');

const left = new Set<number>();
for await (const line of createInterface({ input: process.stdin })) {
  const pid = Number(line.slice(1));
  if (line.startsWith('+')) left.add(pid);
  else left.delete(pid);
}
for (const pid of left) {
  if (!isOurs(pid)) continue;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it is gone already
  }
}
rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });

/** A pid may have been given to another process; each of our servers has the folder in its environment. */
function isOurs(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(String(folder));
  } catch {
    return process.platform !== 'linux';
  }
}

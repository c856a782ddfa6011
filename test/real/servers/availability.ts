import { run } from './command.ts';
import { programsToFetch } from './downloads.ts';
import { findJdk } from './java.ts';

/** Whether real servers can be started here; the reason is a sentence for the message of a skipped test. */
export type Availability = { available: true } | { available: false; reason: string };

export async function realServersAvailable(): Promise<Availability> {
  if (process.platform === 'win32') return no('real servers are started on Linux and macOS only');
  const jdk = await findJdk();
  if (typeof jdk === 'string') return no(jdk);
  for (const program of programsToFetch()) {
    const { code } = await run(program, ['--version'], { timeoutMs: 60_000 });
    if (code !== 0) return no(`no ${program} found that runs; it fetches the servers on the first run`);
  }
  return { available: true };
}

function no(reason: string): Availability {
  return { available: false, reason };
}

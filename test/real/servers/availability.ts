import { run } from './command.ts';
import { findDistribution } from './distribution.ts';
import { fetchers } from './downloads.ts';
import { findJdk } from './java.ts';

/** Whether real servers can be started here; the reason is a sentence for the message of a skipped test. */
export type Availability = { available: true } | { available: false; reason: string };

export async function searchEngineAvailable(): Promise<Availability> {
  return canStart(['openSearch']);
}

export async function realServersAvailable(): Promise<Availability> {
  const distribution = findDistribution();
  if (typeof distribution === 'string') return no(distribution);
  return canStart(['openSearch', 's3rver']);
}

async function canStart(servers: (keyof typeof fetchers)[]): Promise<Availability> {
  if (process.platform === 'win32') return no('real servers are started on Linux and macOS only');
  const jdk = await findJdk();
  if (typeof jdk === 'string') return no(jdk);
  for (const { program, isNeeded } of servers.map((server) => fetchers[server])) {
    if (!isNeeded()) continue;
    const { code } = await run(program, ['--version'], { timeoutMs: 60_000 });
    if (code !== 0) return no(`no ${program} found that runs; it fetches the servers on the first run`);
  }
  return { available: true };
}

function no(reason: string): Availability {
  return { available: false, reason };
}

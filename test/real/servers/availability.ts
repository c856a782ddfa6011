import { emulatorAvailable } from '../../deploy/emulator/index.ts';
import { run } from '../../support/servers/command.ts';
import { findDistribution } from './distribution.ts';
import { type Needed, needsOpenSearch, needsS3rver } from './downloads.ts';
import { findJdk } from './java.ts';
import type { SearchVersion } from './versions.ts';

/** Whether real servers can be started here; the reason is a sentence for the message of a skipped test. */
export type Availability = { available: true } | { available: false; reason: string };

export async function searchEngineAvailable(version: SearchVersion = '2.19.1'): Promise<Availability> {
  return canStart([needsOpenSearch(version)]);
}

/** Of both clusters with the simulator's processes. */
export async function simulatedClustersAvailable(): Promise<Availability> {
  const store = await emulatorAvailable();
  if (!store.available) return store;
  return canStart([needsOpenSearch('2.19.1'), needsOpenSearch('3.8.0'), needsS3rver()]);
}

export async function realServersAvailable(): Promise<Availability> {
  const distribution = findDistribution();
  if (typeof distribution === 'string') return no(distribution);
  return canStart([needsOpenSearch('2.19.1'), needsS3rver()]);
}

async function canStart(needed: Needed[]): Promise<Availability> {
  if (process.platform === 'win32') return no('real servers are started on Linux and macOS only');
  const jdk = await findJdk();
  if (typeof jdk === 'string') return no(jdk);
  for (const { program, isMissing } of needed) {
    if (!isMissing) continue;
    const { code } = await run(program, ['--version'], { timeoutMs: 60_000 });
    if (code !== 0) return no(`no ${program} found that runs; it fetches the servers on the first run`);
  }
  return { available: true };
}

function no(reason: string): Availability {
  return { available: false, reason };
}

/** Starts real servers by hand, prints their endpoints, and ends them on Ctrl-C. */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startRealCluster, startRealSearchEngine } from './index.ts';
import type { SearchVersion } from './versions.ts';

const USAGE = `npm run servers -- --search 2.19.1|3.8.0   OpenSearch alone, with a snapshot repository \`camunda\` in a folder
npm run servers -- [--partitions N]        a Camunda cluster; CAMUNDA_HOME names the distribution

Starts the servers, prints their endpoints as JSON, and serves until it is interrupted.`;

const log = (line: string) => console.error(line);

const wanted = read();
if (wanted === 'help') {
  console.log(USAGE);
} else {
  const servers =
    'search' in wanted
      ? await startRealSearchEngine({ version: wanted.search, log })
      : await startRealCluster({ ...wanted, log });
  // What is a function is of no use by hand.
  console.log(JSON.stringify(servers, null, 2));
  log('Ctrl-C ends all servers.');
  // a signal alone does not keep Node running
  const alive = setInterval(() => {}, 60_000);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  clearInterval(alive);
  await servers.close();
}

function read(): 'help' | { search: SearchVersion } | { partitions: number } {
  try {
    const {
      search,
      partitions = '3',
      help,
    } = parseArgs({
      options: {
        search: { type: 'string' },
        partitions: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
    if (help) return 'help';
    if (search === undefined) {
      if (!/^[1-9]\d*$/.test(partitions)) throw new Error('--partitions: is not a whole number above 0');
      return { partitions: Number(partitions) };
    }
    return { search: searchVersion(search) };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

function searchVersion(text: string): SearchVersion {
  for (const version of ['2.19.1', '3.8.0'] as const) if (version === text) return version;
  throw new Error('--search: is neither 2.19.1 nor 3.8.0');
}

/** Starts a real cluster, prints its endpoints, and ends it on Ctrl-C: `npx node test/real/servers/main.ts`. */
import { once } from 'node:events';
import { startRealCluster } from './index.ts';

const partitions = Number(process.argv[2] ?? 3);
const cluster = await startRealCluster({ partitions, log: (line) => console.error(line) });

const { camundaVersion, urls, repository, definition, s3, runFolder } = cluster;
console.log(
  JSON.stringify({ camundaVersion, partitions, urls, repository, definition, s3, runFolder }, null, 2),
);
console.error('Ctrl-C ends all servers.');

// a signal alone does not keep Node running
const alive = setInterval(() => {}, 60_000);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
clearInterval(alive);
await cluster.close();

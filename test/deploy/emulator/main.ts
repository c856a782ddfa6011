/** Starts the local AWS, prints how a shell reaches it, and ends it on Ctrl-C: `npx node test/deploy/emulator/main.ts`. */
import { once } from 'node:events';
import { startEmulator } from './index.ts';

const emulator = await startEmulator({ log: (line) => console.error(line) });
for (const [name, value] of Object.entries(emulator.environment)) console.log(`export ${name}=${value}`);
console.error('Ctrl-C ends it.');

// a signal alone does not keep Node running
const alive = setInterval(() => {}, 60_000);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
clearInterval(alive);
await emulator.close();

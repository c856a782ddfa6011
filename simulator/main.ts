import { type Arguments, readArguments, USAGE } from './arguments.ts';
import { startSimulator } from './index.ts';
import { startLoad } from './load/load.ts';
import { Mistake } from './mistake.ts';
import { startOnRealParts } from './real/start.ts';

try {
  await start(readArguments(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof Mistake)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exit(2);
}

async function start(wanted: Arguments): Promise<void> {
  if (wanted.start === 'help') {
    console.log(USAGE);
  } else if (wanted.start === 'in memory') {
    const simulator = await startSimulator(wanted.options);
    for (const fault of wanted.faults) simulator.order(fault);
    serve(simulator.urls, () => simulator.close());
  } else {
    const cluster = await startOnRealParts({ ...wanted.options, log: console.error });
    const load =
      wanted.load !== undefined && cluster.urls.rest !== undefined
        ? startLoad({ url: cluster.urls.rest, rate: wanted.load })
        : undefined;
    serve(cluster.urls, async () => {
      await load?.stop();
      await cluster.close();
    });
  }
}

/** Prints the addresses, and ends in an orderly way when this process is interrupted. */
function serve(urls: object, close: () => Promise<void>): void {
  console.log(JSON.stringify(urls, null, 2));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());
}

import { addressBook } from '../addresses.ts';
import { FaultBook } from '../faults/faults.ts';
import { CallLog } from '../http/calls.ts';
import { isFree } from '../http/free-ports.ts';
import { Mistake } from '../mistake.ts';
import { settle } from '../options.ts';
import { openDataFolder } from './data-folder.ts';
import { type RealPartsOptions, settleReal } from './options.ts';
import { type Place, type RealPartsUrls, type RunningProcess, startProcess } from './process.ts';
import { addressesOf } from './processes.ts';

/** Some or all processes of a cluster on real parts. */
export interface RealParts {
  /** The addresses of the processes that run here. They are the same after a restart. */
  urls: RealPartsUrls;
  /** Ends the processes in an orderly way. */
  close(): Promise<void>;
}

/**
 * Starts processes of Camunda on a real search engine and a real backup store. Throws a `Mistake` if the options do not
 * fit to each other, to the data directory, or to what is at the address of the search engine.
 */
export async function startOnRealParts(options: RealPartsOptions): Promise<RealParts> {
  const settled = settleReal(options);
  const { camunda, partitions, repository, durations, only, data, store } = settled;
  const { search, ports } = await openDataFolder(settled);
  for (const name of only.flatMap((process) => addressesOf[process])) {
    if (!(await isFree(ports[name]))) {
      throw new Mistake(
        `--data: the port ${ports[name]} of ${data} is taken, so its cluster may be running already`,
      );
    }
  }
  const settings = settle({ camunda, partitions, repository, durations, store, components: { search } });
  const { listen, all } = addressBook(new CallLog(settings.clock, new FaultBook()), ports);
  const place: Place = { options: settled, settings, search, listen };
  const running: RunningProcess[] = [];
  const urls: RealPartsUrls = {};
  for (const name of only) {
    const process = await startProcess(name, place);
    running.push(process);
    Object.assign(urls, process.urls);
  }
  return {
    urls,
    async close() {
      for (const address of all) address.stop();
      await Promise.all(running.map((process) => process.close()));
    },
  };
}

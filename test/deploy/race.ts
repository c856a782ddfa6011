import { readFile, writeFile } from 'node:fs/promises';
import { it } from '@jest/globals';
import * as z from 'zod';
import { ledger } from '../../core/ledger/ledger.ts';
import { s3Store } from '../../core/ledger/store/s3.ts';
import { bench } from '../cli/harness.ts';
import { typed } from '../core/fakes.ts';
import { race, untilTold } from '../support/race.ts';
import type { DeployedStack } from './deployed-stack.ts';

/** On the stack's bucket, beside its own documents, with a cluster of its own. */
export function oneOfFiftyRuns(deployed: () => DeployedStack) {
  it('One of fifty starters at once runs on the ledger of the stack, and the others are SKIPPED', async () => {
    const { emulator, clients, output } = deployed();
    const { cluster, tell } = untilTold();
    const on = await bench(cluster);
    const s3 = { bucket: output('LedgerBucketName'), prefix: 'race', endpoint: emulator.endpoint };
    const settings = z.looseObject({}).parse(JSON.parse(await readFile(on.configFile, 'utf8')));
    await writeFile(on.configFile, JSON.stringify({ ...settings, ledger: { s3 } }));
    const books = ledger(s3Store({ ...s3, client: clients.s3 }), typed);
    await race({ ...on, ledger: books, env: emulator.environment, tell }, 3);
  });
}

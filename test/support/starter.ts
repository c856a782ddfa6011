/**
 * Several starters in one process (`starter.ts CONFIG NUMBER`), each with a context of its own, as each command has.
 * Each line of stdin names a round, in which all starters start the state machine at once. Each prints its result as
 * JSON lines.
 */

import { createInterface } from 'node:readline';
import { localContext } from '../../cli/local/context.ts';
import { startExecution } from '../../cli/local/engine.ts';
import { loadConfig } from '../../core/config/file.ts';
import { commands } from '../../deployment/commands.ts';
import { backup } from '../../statemachine/backup-procedure.ts';

const [configFile = '', number = '1'] = process.argv.slice(2);
const config = await loadConfig(configFile);
const surroundings = { env: process.env, warn: (text: string) => console.error(text) };
const starters = await Promise.all(
  Array.from(
    { length: Number(number) },
    async () => (await localContext(config, commands({ program: 'camunda-backup' }), surroundings)).context,
  ),
);
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

say({ ready: true });
for await (const round of createInterface({ input: process.stdin })) {
  await Promise.all(
    starters.map(async (context, index) => {
      const runId = `${round}-${process.pid}-${index}`;
      const { result } = startExecution({
        procedure: backup,
        context,
        runId,
        input: { cluster: 'test', reason: 'race' },
        observe(seen) {
          if (seen.state !== 'PrepareBackup' || seen.type === 'called') return;
          const prepared = seen.type === 'answered' ? seen.output : { outcome: String(seen.error) };
          say({ runId, prepared });
        },
      });
      say({ runId, ended: await result });
    }),
  );
}

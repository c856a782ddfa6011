import { writeFileSync } from 'node:fs';
import { backup } from './backup.ts';
import { type Definition, textOf } from './states.ts';

/** Every state machine, by the file in this folder that is deployed and run. */
export const machines: Record<string, Definition> = { 'backup.asl.json': backup };

// `npm run build:machine`: the files are checked in, and test/statemachine holds that they are these.
if (import.meta.main) {
  for (const [file, machine] of Object.entries(machines)) {
    writeFileSync(new URL(file, import.meta.url), textOf(machine));
  }
}

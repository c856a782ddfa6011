import { writeFileSync } from 'node:fs';
import { backup } from './backup-states.ts';
import { housekeeping } from './housekeeping-states.ts';
import { type Definition, textOf } from './states.ts';

/** All state machines, by the names of their files in this folder, which are deployed and run. */
export const machines: Record<string, Definition> = {
  'backup.asl.json': backup,
  'housekeeping.asl.json': housekeeping,
};

// `npm run build:machine` writes the files. They are checked in, and a test checks that they are up to date.
if (import.meta.main) {
  for (const [file, machine] of Object.entries(machines)) {
    writeFileSync(new URL(file, import.meta.url), textOf(machine));
  }
}

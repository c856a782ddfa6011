import { functions as backup } from './backup/index.ts';
import type { FunctionDefinition } from './definition.ts';
import * as watchOverExporting from './watch/watch-over-exporting.ts';

/** All deployed functions: those of a backup, and the watchdog. */
export const functions = { ...backup, WatchOverExporting: watchOverExporting };
export type FunctionName = keyof typeof functions;

/** Finds the definition of a function by its name. Throws if there is none. */
export function definitionOf(name: string): FunctionDefinition {
  const found = new Map<string, { definition: FunctionDefinition }>(Object.entries(functions)).get(name);
  if (!found) throw new Error(`There is no function ${name}`);
  return found.definition;
}

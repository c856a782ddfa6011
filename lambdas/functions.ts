import { functions as backup } from './backup/index.ts';
import type { FunctionDefinition } from './definition.ts';
import * as guardRunningBackups from './guard/guard-running-backups.ts';
import { functions as housekeeping } from './housekeeping/index.ts';
import { functions as operator } from './operator/index.ts';
import * as watchOverExporting from './watch/watch-over-exporting.ts';

/** The functions that work with clusters: those of a backup and of housekeeping, the watchdog, and those that people call. */
export const functions = together(together(together(backup, housekeeping), operator), {
  WatchOverExporting: watchOverExporting,
});

/** All deployed functions. */
export const allFunctions = together(functions, { GuardRunningBackups: guardRunningBackups });
export type FunctionName = keyof typeof allFunctions;

/** Merges two groups of functions. Throws if both have a function of the same name. */
export function together<One extends object, Other extends object>(one: One, other: Other): One & Other {
  const duplicate = Object.keys(other).find((name) => Object.hasOwn(one, name));
  if (duplicate !== undefined) throw new Error(`Two functions have the name ${duplicate}`);
  return { ...one, ...other };
}

/** Finds the definition of a function by its name. Throws if there is none. */
export function definitionOf(name: string): FunctionDefinition {
  const found = new Map<string, { definition: FunctionDefinition }>(Object.entries(allFunctions)).get(name);
  if (!found) throw new Error(`There is no function ${name}`);
  return found.definition;
}

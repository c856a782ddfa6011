import { backups } from './backups.ts';
import { clocks } from './clocks.ts';
import type { Diagnosis } from './diagnosis.ts';
import { disks } from './disks.ts';
import { withExactRemedy } from './exact-remedies.ts';
import { exposed } from './exposed.ts';
import type { DoctorFacts, Topic } from './facts.ts';
import { readFile } from './file.ts';
import { generatedIds } from './generated-ids.ts';
import { identity } from './identity.ts';
import { permissions } from './permissions.ts';
import { prefixes } from './prefixes.ts';
import { oneRepository } from './repository.ts';
import { stores } from './stores.ts';

const topics: Topic[] = [
  identity,
  exposed,
  oneRepository,
  stores,
  prefixes,
  generatedIds,
  permissions,
  clocks,
  disks,
  ({ cluster, file }) => readFile(cluster, file),
  backups,
];

/** Judges everything that a backup does not check, and that decides whether backups succeed and can be restored. */
export function diagnose(facts: DoctorFacts): Diagnosis[] {
  return topics.flatMap((topic) => topic(facts)).map((one) => withExactRemedy(one, facts.installed));
}

import * as z from 'zod';
import { type ComponentName, consistsOfSnapshots, titles } from '../components/kinds.ts';
import type { Snapshot } from '../components/search/engine.ts';
import type { Judgement } from '../ledger/verification.ts';
import { type Facts, mustExist } from './facts.ts';
import { counted, type Look, lookAt, severalOf, takeAnother } from './judgement.ts';
import type { ExpectedSnapshot } from './snapshots-seen.ts';

/** The snapshots in the repository of the search engine. */
export function judgeSnapshots(facts: Facts): Judgement[] {
  return facts.components
    .filter(({ component }) => consistsOfSnapshots(component))
    .flatMap(({ component }) => judgeOne(component, facts));
}

function judgeOne(component: ComponentName, facts: Facts): Judgement[] {
  const { snapshots, backupId, config } = facts;
  const look = lookAt('snapshots', component);
  if (!snapshots) {
    return [
      look.unknown(
        `The snapshots of ${titles[component]} were not looked at: the configuration has no search engine`,
        'Configure `search`, with the repository of the snapshots.',
      ),
    ];
  }
  if (snapshots.unknown) return [look.notSeen(snapshots.unknown)];
  const repository = config.search?.repository ?? '';
  const takenInto = anotherRepository(facts);
  if (takenInto !== undefined) {
    return [
      look.unknown(
        `The snapshots of ${titles[component]} are in the repository ${takenInto}, and ${repository} was read`,
        `To look at this backup, set \`search.repository: ${takenInto}\`.`,
      ),
    ];
  }
  const expected = snapshots.known.get(component) ?? [];
  if (expected.length === 0) {
    return [
      look.missing(
        `The repository ${repository} has no snapshot of ${titles[component]} for the backup ${backupId}`,
        mustExist(facts),
      ),
    ];
  }
  const isOurs = facts.manifest.known?.state === 'COMPLETED';
  const found = [
    ...expected.flatMap((one) => judgeSnapshot(one, repository, look)),
    ...together(expected, look),
    ...(isOurs ? notComparable(expected, look) : []),
  ];
  return found.length > 0
    ? found
    : [
        look.proven(
          `${titles[component]}: ${counted(expected.length, 'snapshot')} in ${repository}, none missing and no shard failed`,
        ),
      ];
}

/**
 * The repository into which the backup's snapshots were taken, if another one is configured now. All components of a
 * cluster take their snapshots into one repository.
 */
export function anotherRepository({ manifest, snapshots, config }: Facts): string | undefined {
  const recorded = [...(snapshots?.known?.values() ?? [])]
    .flat()
    .flatMap(({ recorded }) => recorded.known?.repository ?? []);
  const entries = manifest.known?.components ?? [];
  const name = recorded[0] ?? entries.find(({ component }) => component === 'records')?.repository;
  return name === config.search?.repository ? undefined : name;
}

/** A snapshot that was replaced has the name of the old one, so without its recorded uuid nothing follows from its state. */
function notComparable(expected: ExpectedSnapshot[], look: Look): Judgement[] {
  const without = expected.filter(
    ({ seen, recorded }) =>
      seen.known !== undefined && (recorded.known?.uuid === undefined || seen.known.uuid === undefined),
  );
  const [first] = without;
  if (!first) return [];
  const why = first.recorded.unknown ? `: ${first.recorded.unknown.message}` : '';
  return [
    look.unknown(
      `Whether ${counted(without.length, 'snapshot')} of this backup were replaced is not known, since their uuids are not recorded (${severalOf(without.map(({ name }) => name))})${why}`,
    ),
  ];
}

/** The parts of one component were taken together, so all of them have the same number of parts and the same version. */
function together(expected: ExpectedSnapshot[], look: Look): Judgement[] {
  const sets = [...new Set(expected.map(({ version, part }) => `${version ?? ''} in ${part.of} parts`))];
  if (sets.length <= 1) return [];
  return [
    look.wrong(`There are snapshots of different backups under one id: ${sets.join(', ')}`, takeAnother),
  ];
}

function judgeSnapshot(expected: ExpectedSnapshot, repository: string, look: Look): Judgement[] {
  const { name, seen } = expected;
  if (seen.unknown) return [look.notSeen(seen.unknown)];
  const snapshot = seen.known;
  if (!snapshot)
    return [look.wrong(`The snapshot ${name} is not in the repository ${repository}`, takeAnother)];
  const { state, shards, failures } = snapshot;
  if (state === 'IN_PROGRESS') {
    return [look.unknown(`The snapshot ${name} is still being taken`, 'Verify it again when it has ended.')];
  }
  if (!['SUCCESS', 'PARTIAL', 'FAILED', 'INCOMPATIBLE'].includes(state)) {
    return [look.unknown(`The snapshot ${name} is ${state}, which is not known here`)];
  }
  if (state !== 'SUCCESS' || shards.failed > 0) {
    const why = failures.length > 0 ? `: ${severalOf(failures)}` : '';
    return [
      look.wrong(
        `The snapshot ${name} is ${state}, ${shards.failed} of ${shards.total} shards failed${why}`,
        takeAnother,
      ),
    ];
  }
  return contradictions(expected, snapshot).map((says) => look.wrong(says, takeAnother));
}

/** What an application writes into its snapshots; everything may be missing. The records have other metadata. */
const metadata = z.object({
  backupId: z.union([z.number(), z.bigint(), z.string()]).nullish(),
  version: z.string().nullish(),
  partNo: z.number().nullish(),
  partCount: z.number().nullish(),
});

function contradictions(expected: ExpectedSnapshot, snapshot: Snapshot): string[] {
  const { name, backupId, version, part, component, recorded } = expected;
  const { uuid: recordedUuid, indices: recordedIndices = [] } = recorded.known ?? {};
  const found: string[] = [];
  const compare = (what: string, said: string | number | bigint | null | undefined, named: string) => {
    if (said !== undefined && said !== null && String(said) !== named) {
      found.push(`The snapshot ${name} says in its metadata that its ${what} is ${said}`);
    }
  };
  const { data = {} } = metadata.safeParse(snapshot.metadata);
  compare('backup id', data.backupId, String(backupId));
  if (version !== undefined) compare('version', data.version, version);
  compare('part', data.partNo, String(part.number));
  compare('number of parts', data.partCount, String(part.of));
  if (recordedUuid !== undefined && snapshot.uuid !== undefined && snapshot.uuid !== recordedUuid) {
    found.push(
      `The snapshot ${name} is not the one that this backup took: its uuid is ${snapshot.uuid}, and was ${recordedUuid}`,
    );
  }
  const lacks = recordedIndices.map(({ index }) => index).filter((one) => !snapshot.indices.includes(one));
  if (lacks.length > 0) {
    found.push(`The snapshot ${name} lacks indices that it had when it was taken: ${severalOf(lacks)}`);
  }
  if (component === 'records' && snapshot.indices.length === 0) {
    found.push(`The snapshot ${name} has no index`);
  }
  return found;
}

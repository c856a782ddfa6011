import { nowIso } from '../clock.ts';
import type { Component, ComponentStatus } from '../components/component.ts';
import { type ComponentName, titles } from '../components/kinds.ts';
import type { IndexCounts } from '../components/search/inventory.ts';
import { openSearch } from '../components/search/open-search.ts';
import { missingPrivilege } from '../components/search/privileges.ts';
import { type ClusterConfig, chooseCluster } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { BackupError, describe } from '../errors.ts';
import type { ComponentSnapshots, Counts, Gap } from '../ledger/restore-facts.ts';
import type { Run } from '../ledger/run.ts';
import { within } from '../within.ts';

type Needs = Pick<Context, 'config' | 'ledger' | 'search' | 'clock' | 'warn'>;
type Search = NonNullable<ClusterConfig['search']>;

/**
 * The positions of all shards prove a restore. They are read just before a component starts its snapshots, and just
 * after each snapshot has ended, in parallel with the other work of the run. Exporting may be paused then, so these are
 * the longest waits for the search engine and the ledger, and an error here never fails the backup.
 */
const beforeSeconds = 0.5;
const afterSeconds = 2;
const writingSeconds = 2;

/** The patterns of each component's indices, with any prefix. The records have a pattern of their own. */
const patterns: Partial<Record<ComponentName, string>> = {
  webApplications: '*operate-*,*tasklist-*,*camunda-*',
  operate: '*operate-*',
  tasklist: '*tasklist-*',
  optimize: '*optimize-*',
};

/** A component that waits for its open writes when it is disposed of. */
type Counted = Component & AsyncDisposable;

/**
 * Wraps a component so that its shards are counted before its start, or in a check that shows more ended snapshots than
 * `partsDone`. Nothing is counted if the component has no snapshots, or if no search engine is configured.
 */
export async function countingShards(
  component: Component,
  {
    run,
    target: { component: name },
    partsDone,
  }: { run: Run; target: { component: ComponentName }; partsDone?: number },
  context: Needs,
): Promise<Counted> {
  const { indexPattern: pattern = patterns[name] } = component.describe();
  const search = pattern === undefined ? undefined : await searchOf(run, context);
  if (pattern === undefined || !search) return { ...component, [Symbol.asyncDispose]: async () => {} };

  const shards = `the shards of ${titles[name]}`;
  const empty: ComponentSnapshots = { format: 2, ...run, component: name, after: [], unknown: [] };
  const writing: Promise<void>[] = [];
  const write = (what: string, work: () => Promise<unknown>) => {
    const written = within(writingSeconds, work, context).then(
      () => undefined,
      (error: unknown) => context.warn(`The counts of ${what} could not be recorded: ${describe(error)}`),
    );
    writing.push(written);
  };
  const writeBefore = ({ at, counts, gap }: Counting) =>
    write(`${shards} before the snapshots`, () =>
      // Existing counts stay: they come from an earlier call, which may have begun a snapshot.
      context.ledger.createSnapshots({
        ...empty,
        ...(counts ? { before: { at, counts } } : { unknown: gap(`${shards} before the snapshots`) }),
      }),
    );
  const writeAfter = (ended: string[]) =>
    write(`${shards} after the snapshots`, async () => {
      const { at, counts, gap } = await countedIn(search, pattern, afterSeconds, context);
      await context.ledger.changeSnapshots(empty, (now) => {
        const known = now.after.flatMap(({ snapshots }) => snapshots);
        const snapshots = ended.filter((one) => !known.includes(one));
        if (snapshots.length === 0) return now;
        return counts
          ? { ...now, after: [...now.after, { at, snapshots, counts }] }
          : { ...now, unknown: [...now.unknown, ...gap(`${shards} after the snapshots`)] };
      });
    });

  // The count runs in parallel with the questions to the ledger before a start.
  const before = partsDone === undefined ? countedIn(search, pattern, beforeSeconds, context) : undefined;
  return {
    ...component,
    async start(backupId, runId) {
      if (before) writeBefore(await before);
      return component.start(backupId, runId);
    },
    async check(backupId) {
      const status = await component.check(backupId);
      const ended = endedIn(status);
      if (partsDone !== undefined && ended.length > partsDone) writeAfter(ended);
      return status;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(writing);
    },
  };
}

/** The snapshots that succeeded. A complete backup contains no others. */
function endedIn({ parts }: ComponentStatus): string[] {
  return parts.filter(({ state }) => state === 'SUCCESS').map(({ name }) => name);
}

/** The configured search engine; undefined if there is none, or if the configuration cannot be read. */
async function searchOf({ cluster }: Run, { config, warn }: Needs): Promise<Search | undefined> {
  try {
    return chooseCluster(await config(), cluster).cluster.search;
  } catch (error) {
    warn(`The shards are not counted, because the configuration could not be read: ${describe(error)}`);
    return undefined;
  }
}

interface Counting {
  at: string;
  counts?: Counts;
  /** The reason why the shards were not counted. */
  gap: (what: string) => Gap[];
}

async function countedIn(
  search: Search,
  pattern: string,
  seconds: number,
  context: Needs,
): Promise<Counting> {
  const at = nowIso(context);
  try {
    const counted = await within(
      seconds,
      async () => {
        await using engine = await openSearch(search, context);
        return await engine.counts(pattern);
      },
      context,
      () => new BackupError('Unreachable', `The search engine did not count them within ${seconds} s`),
    );
    return { at, counts: asTuples(counted), gap: () => [] };
  } catch (error) {
    const needs = error instanceof BackupError ? missingPrivilege(search, 'counts', error) : undefined;
    return { at, gap: (what) => [{ what, why: describe(error), ...(needs ? { needs } : {}) }] };
  }
}

function asTuples(counted: IndexCounts[]): Counts {
  return Object.fromEntries(
    counted.map(({ index, shards }) => [
      index,
      shards.map(({ shard, maxSeqNo, committed }) => [
        shard,
        maxSeqNo,
        committed.documents,
        committed.maxSeqNo,
      ]),
    ]),
  );
}

import { nowIso } from '../clock.ts';
import type { Component, ComponentStatus } from '../components/component.ts';
import { type ComponentName, componentNames, consistsOfSnapshots } from '../components/kinds.ts';
import type { IndexCounts } from '../components/search/inventory.ts';
import { openSearch } from '../components/search/open-search.ts';
import { missingPrivilege } from '../components/search/privileges.ts';
import { type ClusterConfig, chooseCluster } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { BackupError, describe } from '../errors.ts';
import type { ComponentSnapshots, Counts, Gap } from '../ledger/restore-facts.ts';
import type { Run } from '../ledger/run.ts';
import { sideBySide } from '../side-by-side.ts';
import { within } from '../within.ts';
import { countsOf } from './snapshot-facts.ts';

type Needs = Pick<Context, 'config' | 'ledger' | 'search' | 'clock' | 'warn'>;
type Search = NonNullable<ClusterConfig['search']>;

/**
 * The positions of all shards prove a restore. They are read just before a component starts its snapshots, and just
 * after each snapshot has ended, in parallel with the other work of the run. Exporting may be paused then, so these are
 * the longest waits for the search engine and the ledger, and an error here never fails the backup. After one count that
 * took too long, no more shards are counted in the same backup.
 */
const beforeSeconds = 0.5;
const afterSeconds = 1;
const writingSeconds = 1;

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

  const empty: ComponentSnapshots = { format: 2, ...run, component: name, after: [], unknown: [] };
  const writing: Promise<void>[] = [];
  const write = async (when: 'before' | 'after', work: () => Promise<unknown>) => {
    try {
      await within(writingSeconds, work, context);
    } catch (error) {
      context.warn(`The counts of ${countsOf(name, when)} could not be recorded: ${describe(error)}`);
    }
  };
  const count = (when: 'before' | 'after') => countedIn(search, pattern, when, { run, name }, context);
  const writeBefore = ({ at, counts, gaps }: Counting) =>
    // Existing counts stay: they come from an earlier call, which may have begun a snapshot.
    write('before', () =>
      context.ledger.createSnapshots({
        ...empty,
        ...(counts ? { before: { at, counts } } : {}),
        unknown: gaps,
      }),
    );
  const writeAfter = (ended: string[], { at, counts, gaps }: Counting) =>
    write('after', () =>
      context.ledger.changeSnapshots(empty, (now) => {
        const known = now.after.flatMap(({ snapshots }) => snapshots);
        const snapshots = ended.filter((one) => !known.includes(one));
        // This call may be late: what is described already has its gaps, and takes no more counts.
        if (snapshots.length === 0 || now.snapshots) return now;
        if (counts) return { ...now, after: [...now.after, { at, snapshots, counts }] };
        return gaps.every((gap) => isNoted(gap, now))
          ? now
          : { ...now, unknown: withGaps(now.unknown, gaps) };
      }),
    );

  // The count runs in parallel with the questions to the ledger before a start.
  const before = partsDone === undefined ? count('before') : undefined;
  return {
    ...component,
    async start(backupId, runId) {
      if (before) writing.push(writeBefore(await before));
      return component.start(backupId, runId);
    },
    async check(backupId) {
      const status = await component.check(backupId);
      const ended = endedIn(status);
      if (partsDone !== undefined && ended.length > partsDone) {
        writing.push(count('after').then((counting) => writeAfter(ended, counting)));
      }
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

/** A second gap about the same counts says no more than the first one, unless only the second was late. */
function isNoted(gap: Gap, { unknown }: Pick<ComponentSnapshots, 'unknown'>): boolean {
  return unknown.some(({ what, late }) => what === gap.what && (late || !gap.late));
}

function withGaps(unknown: Gap[], gaps: Gap[]): Gap[] {
  return [...unknown.filter(({ what }) => gaps.every((gap) => gap.what !== what)), ...gaps];
}

interface Counting {
  at: string;
  counts?: Counts;
  /** The reason why the shards were not counted. */
  gaps: Gap[];
}

async function countedIn(
  search: Search,
  pattern: string,
  when: 'before' | 'after',
  { run, name }: { run: Run; name: ComponentName },
  context: Needs,
): Promise<Counting> {
  const { clock } = context;
  const seconds = when === 'before' ? beforeSeconds : afterSeconds;
  const at = nowIso(context);
  const began = clock.now();
  let allowed = false;
  const allow = async () => {
    await refuseNeedless(when, run, name, context);
    allowed = true;
  };
  const ask = async () => {
    await using engine = await openSearch(search, context);
    return await engine.counts(pattern);
  };
  const count = async () => {
    // In the short time before a start, both are asked at once: a new process first connects to the ledger.
    if (when === 'after') await allow();
    const [counted] = await Promise.all([ask(), when === 'before' ? allow() : undefined]);
    return counted;
  };
  const tooLate = () =>
    new BackupError(
      'Unreachable',
      allowed
        ? `The search engine did not count them within ${seconds} s`
        : `The ledger did not answer within ${seconds} s whether they may be counted`,
    );
  try {
    return { at, counts: asTuples(await within(seconds, count, context, tooLate)), gaps: [] };
  } catch (error) {
    const needs = error instanceof BackupError ? missingPrivilege(search, 'counts', error) : undefined;
    // Another error that takes as long would prolong a pause by as much.
    const late = clock.now() - began >= (seconds * 1000) / 2;
    const gap = { what: countsOf(name, when), why: describe(error), ...(needs ? { needs } : {}) };
    return { at, gaps: [{ ...gap, ...(late ? { late } : {}) }] };
  }
}

/**
 * Throws if an earlier call has counted these shards before the snapshots, or if a count of this backup took too long.
 * The documents of all components decide, because each call may be in another process, and because the components ask
 * the same search engine.
 */
async function refuseNeedless(
  when: 'before' | 'after',
  { cluster, backupId }: Run,
  name: ComponentName,
  { ledger }: Pick<Needs, 'ledger'>,
): Promise<void> {
  const names = componentNames.filter(consistsOfSnapshots);
  const found = await sideBySide(names, names.length, (one) => ledger.readSnapshots(cluster, backupId, one));
  if (when === 'before' && found.some((one) => one?.component === name)) {
    throw new BackupError('Unreachable', 'They are not counted again, because an earlier call did so');
  }
  if (found.some((one) => one?.unknown.some(({ late }) => late))) {
    throw new BackupError(
      'Unreachable',
      'No more shards are counted in this backup, because an earlier count took too long',
    );
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
